package io.sessionstorage.scripts;

import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** What the scripts find in an image: a shell and few programs. */
enum Shell {
  /** As in Debian. */
  DASH {
    @Override
    Path program(String name) {
      return Programs.require(name.equals("sh") ? "dash" : name);
    }
  },
  /** As in Alpine. */
  BUSYBOX {
    @Override
    Path program(String name) {
      return Programs.require("busybox");
    }
  };

  private static final List<String> USED =
      List.of(
          "sh", "cat", "cut", "grep", "rm", "sed", "sha256sum", "sleep", "sort", "timeout", "tr");

  abstract Path program(String name);

  /** Fills {@code directory}, to be the whole PATH. */
  void install(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (String name : USED) {
      Files.createSymbolicLink(directory.resolve(name), program(name));
    }
    for (String name : List.of("valkey-server", "valkey-cli", "getent", "flock")) {
      Files.createSymbolicLink(directory.resolve(name), Programs.require(name));
    }
  }

  /** Puts a script in the place of a program. */
  static void replace(Path program, String script) throws IOException {
    Files.delete(program);
    Files.writeString(program, script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
