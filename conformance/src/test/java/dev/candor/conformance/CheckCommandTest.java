package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code candor check} on the committed fixtures, and on copies that were tampered with. */
class CheckCommandTest {

  @TempDir Path temporary;

  static Stream<String> folders() throws IOException {
    try (Stream<Path> all = Files.list(TestData.fixture("llama-smol").getParent())) {
      return all
          .filter(folder -> Files.exists(folder.resolve("golden.json")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void thereAreFoldersOfAllArchitectures() throws IOException {
    assertThat(folders()).hasSize(12);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void everyFixtureHolds(String name) {
    CommandRun run = CommandRun.of("check", TestData.fixture(name).toString(), "--json");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).as(run.out()).isZero();
    JsonObject report = json(run.out());
    assertThat(report.bool("holds", false)).isTrue();
    List<Object> findings = report.list("findings").orElseThrow();
    assertThat(findings).hasSizeGreaterThan(14);
    for (Object finding : findings) {
      JsonObject row = (JsonObject) finding;
      assertThat(row.bool("holds", false)).as(row.toString()).isTrue();
      if (row.string("what").equals("decode = prefill")) {
        // The verdict allows a tolerance; the engine promises the same bits.
        assertThat(row.number("worst")).as(row.toString()).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-smol", "gemma3-tiny", "phi3-longrope"})
  void changedWeightIsFoundInItsLayer(String name) throws IOException {
    Path folder = copy(name);
    tamper(folder, "model.layers.1.");
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("FAILS").contains("first difference: layer 1 (hidden.2,");
  }

  @Test
  void changedEncoderWeightIsFoundInItsLayer() throws IOException {
    Path folder = copy("mobilebert-tiny");
    tamper(folder, "mobilebert.encoder.layer.2.");
    CommandRun run = CommandRun.of("check", folder.toString(), "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(json(run.out()).string("firstDifference")).startsWith("layer 2 (hidden.3,");
  }

  @Test
  void weightThatIsNotANumberIsRefused() throws IOException {
    Path folder = copy("llama-smol");
    overwrite(folder, "model.layers.0.", 0x7fc00000);
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("model.layers.0.").contains("finite");
  }

  @Test
  void resultThatIsNotANumberFails() throws IOException {
    Path folder = copy("llama-smol");
    overwrite(folder, "model.layers.0.", Float.floatToIntBits(Float.MAX_VALUE));
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("not finite").contains("first difference: layer 0 (hidden.1,");
  }

  @Test
  void changedGreedyTokenFails() throws IOException {
    Path folder = copy("llama-smol");
    Path golden = folder.resolve("golden.json");
    String text = Files.readString(golden);
    // Of the first prompt, the first of its greedy tokens.
    String changed = text.replaceFirst("(\"greedy\": \\[\\s*)(\\d+)", "$10");
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(golden, changed);
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains(" of 20 tokens; step 0 is 426, expected ");
  }

  @Test
  void changedTokenIdFails() throws IOException {
    Path folder = copy("llama-smol");
    Path golden = folder.resolve("tokenizer_golden.json");
    String text = Files.readString(golden);
    Files.writeString(golden, text.replaceFirst("(\"ids\": \\[\\s*)(\\d+)", "$17"));
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("137 of 138 cases; text \"  \": ids are");
  }

  @Test
  void goldenFileWithoutPromptsDoesNotPass() throws IOException {
    Path folder = copy("llama-smol");
    Files.writeString(folder.resolve("golden.json"), "{\"tolerance_hint\": 0.1, \"prompts\": []}");
    CommandRun run = CommandRun.of("check", folder.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("prompts is missing or empty");
  }

  @Test
  void folderWithoutGoldenIsOneMessage() {
    CommandRun run = CommandRun.of("check", temporary.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(2);
    assertThat(run.err()).contains("holds no golden.json");
  }

  @Test
  void severalFoldersAreOneReport() {
    CommandRun run =
        CommandRun.of(
            "check",
            TestData.fixture("llama-smol").toString(),
            TestData.fixture("gemma-tiny").toString(),
            "--json");
    assertThat(run.exitCode()).isZero();
    assertThat(json(run.out()).list("reports").orElseThrow()).hasSize(2);
  }

  private static JsonObject json(String text) {
    return Json.parseObject(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        Json.Limits.CONFIG,
        "output");
  }

  private Path copy(String name) throws IOException {
    Path target = temporary.resolve(name);
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(TestData.fixture(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return target;
  }

  /** Makes the first values of the first matrix with such a name 3. */
  private static void tamper(Path folder, String tensorPrefix) throws IOException {
    overwrite(folder, tensorPrefix, Float.floatToIntBits(3));
  }

  private static void overwrite(Path folder, String tensorPrefix, int bits) throws IOException {
    SafetensorsBytes file = SafetensorsBytes.read(folder.resolve("model.safetensors"));
    file.overwrite(tensorPrefix, 0, 24, bits);
    file.write();
  }
}
