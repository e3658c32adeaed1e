package io.sessionstorage;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Calendar;
import java.util.Date;

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
          .layer("provider")
          .definedBy(ROOT + ".provider..")
          .layer("valkey")
          .definedBy(ROOT + ".valkey..")
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
          .whereLayer("provider")
          .mayOnlyBeAccessedByLayers("main")
          .whereLayer("valkey")
          .mayOnlyBeAccessedByLayers("provider")
          .whereLayer("serve")
          .mayOnlyBeAccessedByLayers("function", "provider")
          .whereLayer("compose")
          .mayOnlyBeAccessedByLayers("function", "render")
          .whereLayer("api")
          .mayOnlyBeAccessedByLayers("compose", "function", "provider", "render");

  @ArchTest
  static final ArchRule THE_RECONCILER_KNOWS_NO_KIND =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".provider.managed..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + "..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(ROOT + ".provider.managed..", ROOT + ".serve.."))));

  /** So that a provider without them loads nothing of it. */
  @ArchTest
  static final ArchRule ONLY_CHANGE_LOGS_NEED_GRPC =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".provider..")
          .and()
          .resideOutsideOfPackage(ROOT + ".provider.changelogs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "com.google.protobuf..", ROOT + ".proto..");

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
              "picocli..",
              "org.slf4j..");

  @ArchTest
  static final ArchRule THE_COMPOSER_KNOWS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".api..", ROOT + ".compose..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Clock.class, InstantSource.class, Calendar.class)
          .orShould()
          .accessTargetWhere(
              target(owner(resideInAPackage("java.time..")))
                  .and(target(name("now")))
                  .or(
                      target(owner(type(System.class)))
                          .and(target(nameMatching("currentTimeMillis|nanoTime"))))
                  .as("the target tells the time"))
          .orShould()
          .callConstructor(Date.class);
}
