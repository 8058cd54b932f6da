package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of packed files, and of those that could be. */
class PackingCommandsTest {

  private static final String ADVICE = "weights lie in rows; 'candor models add ";

  @TempDir private Path folder;

  private Path converted(String name, String... options) {
    Path out = folder.resolve(name);
    CommandRun run =
        CommandRun.of(
            Stream.concat(
                    Stream.of(
                        "models",
                        "convert",
                        TestData.fixture("sambay-tiny").toString(),
                        out.toString(),
                        "--format",
                        "Q8_0"),
                    Stream.of(options))
                .toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return out;
  }

  private static CommandRun ask(Path model, String... options) {
    return CommandRun.of(
        Stream.concat(
                Stream.of("ask", "--model", model.toString(), "--max-tokens", "8", "Hello there"),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private static JsonObject json(CommandRun run) {
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Json.parseObject(
        new ByteArrayInputStream(run.out().getBytes(StandardCharsets.UTF_8)),
        Json.Limits.CONFIG,
        "output");
  }

  @Test
  void aPackedFileAnswersTheSameUnderTheSameDigest() throws IOException {
    Path rows = converted("rows.gguf");
    Path packed = converted("packed.gguf", "--pack");
    JsonObject expected = json(ask(rows, "--json"));
    JsonObject found = json(ask(packed, "--json"));
    assertThat(found.string("answer")).isEqualTo(expected.string("answer"));
    assertThat(found.string("modelDigest")).isEqualTo(expected.string("modelDigest"));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(rows, packed);
    }
  }

  @Test
  void whatCouldBePackedIsSaidOnce() {
    Path rows = converted("rows.gguf");
    Path packed = converted("packed.gguf", "--pack");
    for (String command : List.of("ask", "chat", "bench")) {
      assertThat(advice(command, rows)).as(command).hasSize(1);
      assertThat(advice(command, packed)).as(command).isEmpty();
      assertThat(advice(command, TestData.fixture("sambay-tiny"))).as(command).isEmpty();
      assertThat(advice(command, rows, "--json")).as(command).isEmpty();
      assertThat(advice(command, rows, "--kernels", "scalar")).as(command).isEmpty();
    }
  }

  private static List<String> advice(String command, Path model, String... options) {
    String[] arguments =
        switch (command) {
          case "ask" -> new String[] {"ask", "--max-tokens", "2", "Hello"};
          case "chat" -> new String[] {"chat", "--max-tokens", "2"};
          default -> new String[] {"bench", "--prompt", "2", "--decode", "2"};
        };
    CommandRun run =
        CommandRun.withInput(
            command.equals("chat") ? "one\ntwo\n" : "",
            Stream.of(arguments, new String[] {"--model", model.toString()}, options)
                .flatMap(Stream::of)
                .toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.err().lines().filter(line -> line.startsWith(ADVICE)).toList();
  }

  @Test
  void showAndConvertSayWhetherAFileIsPacked() {
    Path rows = converted("rows.gguf");
    Path packed = folder.resolve("packed.gguf");
    JsonObject written =
        json(
            CommandRun.of(
                "models",
                "convert",
                TestData.fixture("sambay-tiny").toString(),
                packed.toString(),
                "--format",
                "Q8_0",
                "--pack",
                "--json"));
    assertThat(written.bool("packed", false)).isTrue();
    JsonObject shown = json(CommandRun.of("models", "show", packed.toString(), "--json"));
    assertThat(shown.bool("packed", false)).isTrue();
    assertThat(shown.string("digest")).isEqualTo(json(ask(rows, "--json")).string("modelDigest"));
    assertThat(
            json(CommandRun.of("models", "show", rows.toString(), "--json")).bool("packed", true))
        .isFalse();
  }

  @Test
  void whatHasNothingToPackIsConvertedAsWithout() {
    Path out = folder.resolve("plain.gguf");
    CommandRun run =
        CommandRun.of(
            "models",
            "convert",
            TestData.fixture("sambay-tiny").toString(),
            out.toString(),
            "--format",
            "F32",
            "--pack");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("No matrix of this model can be packed");
    assertThat(out).exists();
  }

  @Test
  void neverReplacesAFile() throws IOException {
    Path out = Files.writeString(folder.resolve("out.gguf"), "precious");
    CommandRun run =
        CommandRun.of(
            "models",
            "convert",
            TestData.fixture("sambay-tiny").toString(),
            out.toString(),
            "--pack",
            "--json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out() + run.err()).contains("weights.exists");
    assertThat(out).hasContent("precious");
  }
}
