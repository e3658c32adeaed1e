package io.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line as a person uses it. */
class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"--help", "function --help", "render --help"})
  void explainsItself(String args) {
    assertThat(run(args.split(" "))).isZero();
    assertThat(out.toString()).contains("Usage: session-storage").doesNotContain("train");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "function --version", "render --version"})
  void tellsItsVersion(String args) {
    assertThat(run(args.split(" "))).isZero();
    assertThat(out.toString()).startsWith("session-storage ");
  }

  @ParameterizedTest
  @CsvSource({
    "function --insecure --ttl soon,--ttl",
    "function --insecure --max-recv-message-size 0,--max-recv-message-size",
    "function --insecure --max-recv-message-size many,--max-recv-message-size",
    "function,--insecure",
    "render,FILE",
    "render x --output xml,--output",
    "nonsense,nonsense"
  })
  void namesTheOptionThatIsWrong(String args, String option) {
    assertThat(run(args.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(option);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--insecure --address nowhere", "--tls-certs-dir no-such-folder"})
  void saysInOneLineWhyItCannotServe(String args) {
    assertThat(run(("function " + args).split(" "))).isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().startsWith("session-storage: ");
  }

  @Test
  void printsTheResourcesWithoutTheirSecrets() throws Exception {
    Path file = write("xr.yaml", xr("medium"));

    assertThat(run("render", file.toString())).isZero();
    assertThat(out.toString())
        .contains("kind: StatefulSet", "default: <redacted>", "name: shared-connection");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void printsSecretsWhenAskedTo() throws Exception {
    assertThat(run("render", "--show-secrets", write("xr.yaml", xr("small")).toString())).isZero();
    assertThat(out.toString()).doesNotContain("<redacted>");
  }

  @Test
  void printsJson() throws Exception {
    assertThat(run("render", "--output", "json", write("xr.yaml", xr("small")).toString()))
        .isZero();
    assertThat(
            new com.fasterxml.jackson.databind.ObjectMapper()
                .readTree(out.toString())
                .path("items")
                .size())
        .isGreaterThan(8);
  }

  @Test
  void rendersTheClaimFlavourIntoTheClaimsNamespace() throws Exception {
    String claimed =
        xr("small")
            .replace("kind: SessionStorage", "kind: XSessionStorage")
            .replace("spec: {", "spec: {claimRef: {name: mine, namespace: team-b}, ");

    assertThat(run("render", write("xr.yaml", claimed).toString())).isZero();
    assertThat(out.toString())
        .contains("name: mine-connection", "namespace: team-b")
        .doesNotContain("shared");
  }

  @Test
  void printsOneLineForEachProblemAndNothingElse() throws Exception {
    Path file = write("xr.yaml", xr("huge").replace("}\n", ", sise: 1, suspend: 7}\n"));

    assertThat(run("render", file.toString())).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith(file + ": spec."))
        .anyMatch(line -> line.contains("spec.sise: unknown field"));
  }

  @Test
  void namesTheFileOfTheDefaultsThatAreWrong() throws Exception {
    Path defaults =
        write(
            "defaults.yaml",
            "apiVersion: toolhive.stacklok.dev/v1alpha1\nkind: PlatformDefaults\nimage: x\n");

    assertThat(
            run(
                "render",
                "--defaults",
                defaults.toString(),
                write("xr.yaml", xr("small")).toString()))
        .isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith(defaults + ": PlatformDefaults.image:");
  }

  @Test
  void keepsThePasswordsThatExist() throws Exception {
    Path file = write("xr.yaml", xr("small"));
    run("render", "--show-secrets", file.toString());
    String first = out.toString();
    Path observed = Files.createDirectory(directory.resolve("observed"));
    int count = 0;
    for (String document : first.split("---\n", -1)) {
      if (document.contains("name: shared-auth\n")) {
        Files.writeString(
            observed.resolve("auth.yaml"),
            document.replace(
                "  annotations:\n",
                "  annotations:\n    crossplane.io/composition-resource-name: auth\n"));
        count++;
      }
    }
    out.getBuffer().setLength(0);

    assertThat(count).isEqualTo(1);
    assertThat(run("render", "--show-secrets", "--observed", observed.toString(), file.toString()))
        .isZero();
    assertThat(out).hasToString(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a: [|line 1", "just text|no Kubernetes object", "''|no SessionStorage"})
  void saysWhatIsWrongWithAFile(String content, String message) throws Exception {
    Path file = write("bad.yaml", content);

    assertThat(run("render", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith(file + ": ")
        .contains(message);
  }

  @Test
  void saysThatAFileIsNotThere() {
    assertThat(run("render", "no-such-file.yaml")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("no-such-file.yaml: there is no such file");
  }

  private int run(String... args) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  private Path write(String name, String content) throws Exception {
    return Files.writeString(directory.resolve(name), content);
  }

  private static String xr(String size) {
    return """
        apiVersion: toolhive.stacklok.dev/v1alpha1
        kind: SessionStorage
        metadata: {name: shared, namespace: team-a}
        spec: {size: %s}
        """
        .formatted(size);
  }
}
