package io.sessionstorage;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages (CONTRIBUTING.md). */
@AnalyzeClasses(
    packages = "io.sessionstorage",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.sessionstorage";

  @ArchTest
  static final ArchRule ARROWS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("main")
          .definedBy(ROOT)
          .layer("render")
          .definedBy(ROOT + ".render..")
          .layer("function")
          .definedBy(ROOT + ".function..")
          .layer("compose")
          .definedBy(ROOT + ".compose..")
          .layer("serve")
          .definedBy(ROOT + ".serve..")
          .layer("api")
          .definedBy(ROOT + ".api..")
          .whereLayer("main")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("render")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("function")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("serve")
          .mayOnlyBeAccessedByLayers("function")
          .whereLayer("compose")
          .mayOnlyBeAccessedByLayers("function", "render")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("compose", "function", "render");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_COMPOSER_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".api..", ROOT + ".compose..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.grpc..",
              "com.google.protobuf..",
              "io.fabric8.kubernetes.client..",
              "java.net..",
              "java.nio.file..",
              "java.time..",
              "picocli..",
              "org.slf4j..");
}
