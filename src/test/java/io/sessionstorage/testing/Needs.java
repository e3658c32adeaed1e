package io.sessionstorage.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The programs without which a whole class is skipped, as by {@link Programs#require}: what is
 * skipped while a class is prepared is not counted, and looks as if there were no tests.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Needs.Condition.class)
public @interface Needs {
  /** Their names. */
  String[] value();

  /** Looks for them. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), Needs.class).stream()
          .flatMap(needs -> Arrays.stream(needs.value()))
          .filter(program -> Programs.find(program).isEmpty())
          .findFirst()
          .map(Condition::missing)
          .orElseGet(() -> ConditionEvaluationResult.enabled("nothing is missing"));
    }

    private static ConditionEvaluationResult missing(String program) {
      String message = Programs.message(program);
      if (Programs.areAllRequired()) {
        throw new AssertionError(message);
      }
      return ConditionEvaluationResult.disabled(message);
    }
  }
}
