package dev.candor.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows of ARCHITECTURE.md: who may know whom. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

  private static final String ENGINE = "dev.candor.engine";
  private static final Set<String> EMPTY_NAMES =
      Set.of("util", "utils", "common", "misc", "helper", "helpers", "manager");

  private JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.candor");
  }

  @Test
  void thereIsSomethingToCheck() {
    assertThat(classes).hasSizeGreaterThan(100);
    assertThat(classes.stream().map(JavaClass::getPackageName))
        .contains(ENGINE + ".kernels", ENGINE + ".generation", "dev.candor.cli");
  }

  /** Each shelf of the engine, and the shelves it may use besides the errors in the root. */
  @ParameterizedTest
  @CsvSource({
    "json,''",
    "kernels,''",
    "weights,'kernels json'",
    "templates,json",
    "tokenizers,'json templates'",
    "models,'kernels weights json'",
    "constraints,json",
    "generation,'kernels weights models tokenizers templates json constraints'",
    "adapters,'kernels weights models tokenizers templates json constraints generation'"
  })
  void shelvesKnowOnlyThoseBelow(String shelf, String below) {
    String[] allowed =
        Stream.concat(
                Stream.of(
                    ENGINE,
                    ENGINE + "." + shelf + "..",
                    "java..",
                    "jdk.incubator.vector..",
                    "org.jspecify..",
                    "tools.jackson.core.."),
                Arrays.stream(below.split(" "))
                    .filter(name -> !name.isEmpty())
                    .map(name -> ENGINE + "." + name + ".."))
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(ENGINE + "." + shelf + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .check(classes);
  }

  @Test
  void everyShelfHasARule() {
    List<String> shelves =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(ENGINE + "."))
            .map(name -> name.substring(ENGINE.length() + 1).replaceFirst("\\..*", ""))
            .distinct()
            .sorted()
            .toList();
    assertThat(shelves)
        .isSubsetOf(
            "json",
            "kernels",
            "weights",
            "templates",
            "tokenizers",
            "models",
            "constraints",
            "generation",
            "adapters");
  }

  @Test
  void kernelsDoNoInputOutputAndNoLogging() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE + ".kernels..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..")
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.(util\\.logging\\..*|lang\\.System\\$Logger.*)")
        .check(classes);
  }

  @Test
  void jsonTextIsParsedInOnePlace() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "..")
        .and()
        .resideOutsideOfPackage(ENGINE + ".json..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tools.jackson..")
        .check(classes);
  }

  @Test
  void trainingKnowsNothingOfTheCommands() {
    noClasses()
        .that()
        .resideInAPackage("dev.candor.training..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.candor.cli..", "dev.candor.benchmarks..")
        .check(classes);
  }

  @Test
  void theServerKnowsNothingOfTheCommands() {
    noClasses()
        .that()
        .resideInAPackage("dev.candor.server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.candor.cli..", "dev.candor.training..", "dev.candor.benchmarks..")
        .check(classes);
  }

  @Test
  void nobodyButTheCommandsKnowsTheServer() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.candor.server..", "dev.candor.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.candor.server..", "io.helidon..")
        .check(classes);
  }

  @Test
  void theLedgerIsMadeOfTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("dev.candor.ledger..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.candor.ledger..", "java..", "javax.crypto..", "org.jspecify..")
        .check(classes);
  }

  /** Pure functions: what goes in decides what comes out, to the bit. */
  @Test
  void statisticsReadAndWriteNothing() {
    classes()
        .that()
        .resideInAPackage("dev.candor.statistics..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.candor.statistics..",
            "java.lang..",
            "java.math..",
            "java.util..",
            "org.apache.commons.statistics..",
            "org.jspecify..")
        .check(classes);
    noClasses()
        .that()
        .resideInAPackage("dev.candor.statistics..")
        .should()
        .callMethod(Math.class, "log", double.class)
        .orShould()
        .callMethod(Math.class, "exp", double.class)
        .orShould()
        .callMethod(Math.class, "pow", double.class, double.class)
        .check(classes);
  }

  @Test
  void governanceKnowsTheEngineTheLedgerAndStatisticsAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.candor.governance..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.candor.training..", "dev.candor.cli..", "dev.candor.benchmarks..")
        .check(classes);
  }

  @Test
  void theEngineKnowsNothingOfItsUsers() {
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.candor.ledger..",
            "dev.candor.statistics..",
            "dev.candor.governance..",
            "dev.candor.training..",
            "dev.candor.cli..",
            "dev.candor.benchmarks..")
        .check(classes);
  }

  @Test
  void namesSayWhatSomethingIs() {
    assertThat(
            classes.stream()
                .filter(type ->
                    Stream.concat(
                            Arrays.stream(type.getPackageName().split("\\.")),
                            Arrays.stream(type.getSimpleName().split("(?=\\p{Lu})")))
                        .map(word -> word.toLowerCase(Locale.ROOT))
                        .anyMatch(EMPTY_NAMES::contains))
                .map(JavaClass::getName)
                .collect(Collectors.toList()))
        .isEmpty();
  }
}
