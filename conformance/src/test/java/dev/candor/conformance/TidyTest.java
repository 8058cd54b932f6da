package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the compiler does not see: files too long, words that do not belong into a repository. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TidyTest {

  private static final int MOST_LINES = 500;

  /** Files that may be longer, each with its reason. */
  private static final Map<String, String> LONG_FOR_A_REASON = Map.of();

  private static final Set<String> SKIPPED_FOLDERS =
      Set.of(".git", "target", "fixtures", "resources", ".idea", ".vscode", "node_modules");

  /** Words, and why not. They are written in two pieces, so that this file does not hold them. */
  private static final Map<String, String> BANNED =
      Map.of(
          "(?i)repo1?\\.maven" + "\\.(org|apache)", "builds ask their client, never a registry",
          "(?i)repo\\.maven" + "\\.apache", "builds ask their client, never a registry",
          "(?i)(files\\.)?python" + "hosted\\.org|pypi" + "\\.org",
              "builds ask their client, never a registry",
          "(?i)registry\\.npm" + "js", "builds ask their client, never a registry",
          "/(wo" + "rk|fa" + "rm)/|/tm" + "p/wt", "a path of one machine",
          "\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b", "do it or drop it",
          "@Dis" + "abled\\b", "a test that does not run says nothing",
          "System\\.(out|err)\\.print" + "f?\\(\"debug", "left from debugging");

  private static final Path ROOT = root();

  private List<Path> files = List.of();

  @BeforeAll
  void listFiles() throws IOException {
    try (Stream<Path> walk = Files.walk(ROOT)) {
      files =
          walk.filter(Files::isRegularFile)
              .filter(file ->
                  Stream.iterate(ROOT.relativize(file), p -> p != null, Path::getParent)
                      .noneMatch(p -> SKIPPED_FOLDERS.contains(p.getFileName().toString())))
              .sorted()
              .toList();
    }
  }

  @Test
  void thereIsSomethingToCheck() {
    assertThat(java()).hasSizeGreaterThan(80);
    assertThat(files).contains(ROOT.resolve("candor"), ROOT.resolve("README.md"));
  }

  @Test
  void noFileDoesMoreThanOneThing() {
    List<String> tooLong = new ArrayList<>();
    for (Path file : java()) {
      long lines = text(file).lines().count();
      if (lines > MOST_LINES && !LONG_FOR_A_REASON.containsKey(name(file))) {
        tooLong.add(name(file) + ": " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
    assertThat(LONG_FOR_A_REASON.keySet()).allMatch(name -> Files.exists(ROOT.resolve(name)));
  }

  @Test
  void noFileHoldsWhatDoesNotBelongThere() {
    List<String> found = new ArrayList<>();
    BANNED.forEach((word, why) -> {
      Pattern pattern = Pattern.compile(word);
      for (Path file : files) {
        int number = 0;
        for (String line : text(file).lines().toList()) {
          number++;
          if (pattern.matcher(line).find()) {
            found.add(name(file) + ":" + number + " (" + why + "): " + line.strip());
          }
        }
      }
    });
    assertThat(found).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    assertThat(
            java().stream()
                .filter(file -> name(file).contains("/src/main/java/"))
                .filter(file -> !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !describes(folder.resolve("package-info.java")))
                .map(TidyTest::name))
        .isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(
            java().stream()
                .filter(file -> file.endsWith("package-info.java"))
                .filter(file -> !text(file).contains("@NullMarked"))
                .map(TidyTest::name))
        .isEmpty();
  }

  private static boolean describes(Path packageInfo) {
    return Files.exists(packageInfo) && text(packageInfo).contains("/**");
  }

  private List<Path> java() {
    return files.stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (MalformedInputException e) {
      return ""; // Not a text.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(Path file) {
    return ROOT.relativize(file).toString();
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("candor"))) {
      folder = Objects.requireNonNull(folder.getParent(), "run this inside the repository");
    }
    return folder;
  }
}
