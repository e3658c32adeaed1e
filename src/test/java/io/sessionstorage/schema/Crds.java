package io.sessionstorage.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Crossplane makes of a composite resource definition. */
final class Crds {
  private static final YAMLMapper YAML = new YAMLMapper();

  private Crds() {}

  /** By Crossplane's own conversion: it keeps only parts of the schema. */
  static List<ObjectNode> of(Path definition) throws IOException, InterruptedException {
    Path program = Programs.require("crossplane");
    Path output = Files.createTempFile("crds", ".yaml");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "xrd",
                "convert",
                definition.toString(),
                "-o",
                output.toString())
            .redirectErrorStream(true)
            .start();
    String log = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(log).isZero();
    try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(output.toFile())) {
      List<ObjectNode> crds = documents.readAll();
      // The owner would be the definition on a cluster; here its uid is empty.
      crds.forEach(crd -> crd.withObject("/metadata").remove("ownerReferences"));
      return crds;
    } finally {
      Files.delete(output);
    }
  }
}
