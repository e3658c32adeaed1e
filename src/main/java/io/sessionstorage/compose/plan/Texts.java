package io.sessionstorage.compose.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Files that come with this package. */
public final class Texts {
  private Texts() {}

  /** The content of a resource. */
  public static String read(String path) {
    try (InputStream text = Texts.class.getResourceAsStream(path)) {
      if (text == null) {
        throw new IllegalStateException("the package lacks " + path);
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
