package io.sessionstorage.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the test proves of Crossplane's specifications; docs/specification.md lists them all. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Requirement {
  /**
   * The requirement in one sentence, with its level: MUST, SHOULD or what Crossplane's core depends
   * on.
   */
  String value();
}
