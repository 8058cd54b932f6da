package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.adapters.RandomFactors;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes that are told to end: what they have done is saved, or taken away. */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class EndedCommandsTest {

  private static final String PRETRAINING =
      """
      seed: 1
      model:
        vocab_size: 300
        hidden_size: 32
        intermediate_size: 48
        num_hidden_layers: 4
        num_attention_heads: 4
        num_key_value_heads: 2
        sliding_window: 32
        max_position_embeddings: 512
      tokenizer: {exercisesPerLesson: 20}
      tokens: 90000000
      batches: {tokens: 1024, shards: 2}
      learningRate: {peak: 0.01}
      curriculum:
        - lessons: {arithmetic-1: 1}
      """;

  private static final String ADAPTER =
      """
      seed: 1
      base: %s
      data: %s
      adapter: {rank: 2, targets: [q_proj]}
      epochs: 1000
      batches: {examples: 4}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "pretrain, INT, 130",
    "pretrain, TERM, 143",
    "adapter, INT, 130",
    "adapter, TERM, 143"
  })
  void trainingSavesTheRun(String kind, String signal, int exitCode) throws Exception {
    Path recipe = folder.resolve("recipe.yaml");
    Files.writeString(
        recipe,
        kind.equals("pretrain")
            ? PRETRAINING
            : ADAPTER.formatted(TestData.fixture("llama3-tiny"), dataSet()));
    Path out = folder.resolve("run");
    List<String> command =
        List.of("train", kind, "--recipe", recipe.toString(), "--out", out.toString());
    int first = trainUntil(command, signal, exitCode);
    assertThat(out.resolve("checkpoints")).isNotEmptyDirectory();
    int second =
        trainUntil(Stream.concat(command.stream(), Stream.of("--resume")).toList(), "INT", 130);
    assertThat(second).isGreaterThan(first);
    assertThat(Files.readAllLines(out.resolve("log.jsonl")))
        .filteredOn(line -> line.contains("\"learningRate\""))
        .hasSize(second);
  }

  /** Runs until the first step is told, sends the signal; returns what it was saved after. */
  private int trainUntil(List<String> command, String signal, int exitCode) throws Exception {
    Process training = CandorProcess.start(folder.resolve("home"), command);
    try (BufferedReader notices = training.errorReader(StandardCharsets.UTF_8);
        BufferedReader answers = training.inputReader(StandardCharsets.UTF_8)) {
      List<String> told = new ArrayList<>();
      String line = notices.readLine();
      while (line != null && !line.startsWith("step ")) {
        told.add(line);
        line = notices.readLine();
      }
      assertThat(line).as(told.toString()).isNotNull();
      CandorProcess.signal(training, signal);
      String saved =
          answers.lines().filter(it -> it.startsWith("Saved after step ")).toList().getFirst();
      assertThat(training.waitFor()).isEqualTo(exitCode);
      return Integer.parseInt(saved.replaceFirst("Saved after step (\\d+)\\..*", "$1"));
    } finally {
      training.destroyForcibly();
    }
  }

  private Path dataSet() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"text\":\"number").append(i * 7919).append(" of").append(i).append("\",");
      rows.append("\"label\":\"").append(i % 2 == 0 ? "red" : "blue").append("\"}\n");
    }
    Path file = Files.writeString(folder.resolve("rows.jsonl"), rows);
    Path set = folder.resolve("set");
    CommandRun run =
        CommandRun.of(
            "data",
            "prepare",
            file.toString(),
            "--out",
            set.toString(),
            "--labels",
            "red,blue",
            "--shares",
            "80,20,0",
            "--purpose",
            "model-training",
            "--source",
            "made up",
            "--licence",
            "CC0-1.0",
            "--collected-by",
            "a test",
            "--collected-at",
            "2026-11-01");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return set;
  }

  @ParameterizedTest
  @CsvSource({"INT", "TERM"})
  @Tag("real-data")
  void packingLeavesTheModelAsItWas(String signal) throws Exception {
    Path home = folder.resolve("home");
    String model = TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf").toString();
    CommandRun added = CandorProcess.run(home, "models", "add", model, "--no-pack", "--name", "m");
    assertThat(added.exitCode()).as(added.err()).isZero();
    Path stored = home.resolve("models").resolve("m");
    List<String> before = names(stored);
    int exitCode = untilPartial(stored, signal, home, "models", "pack", "m");
    assertThat(exitCode).isEqualTo(signal.equals("INT") ? 130 : 143);
    assertThat(names(stored)).isEqualTo(before);
    CommandRun packed = CandorProcess.run(home, "models", "pack", "m");
    assertThat(packed.out()).as(packed.err()).contains("m is packed");
    assertThat(names(stored)).hasSameSizeAs(before).isNotEqualTo(before);
  }

  @Test
  @Tag("real-data")
  void writingLeavesNothing() throws Exception {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path adapter = folder.resolve("adapter");
    Path model = TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf");
    try (LanguageModel base = LanguageModel.open(model, LoadOptions.defaults())) {
      AdapterConfig config = RandomFactors.config(4, 8);
      AdapterFolder.write(
          adapter,
          config,
          RandomFactors.of(base.model().linearLayers(), config, 5),
          RandomFactors.card(base.digest()));
    }
    int exitCode =
        untilPartial(
            out,
            "TERM",
            folder.resolve("home"),
            "models",
            "merge",
            "--model",
            model.toString(),
            "--adapter",
            adapter.toString(),
            out.resolve("merged.gguf").toString());
    assertThat(exitCode).isEqualTo(143);
    assertThat(names(out)).isEmpty();
  }

  /** Runs a command, and sends it a signal once it has begun to write a file. */
  private static int untilPartial(Path where, String signal, Path home, String... command)
      throws Exception {
    Process writing = CandorProcess.start(home, List.of(command));
    try {
      while (names(where).stream().noneMatch(name -> name.endsWith(".partial"))) {
        assertThat(writing.waitFor(1, TimeUnit.MILLISECONDS)).isFalse();
      }
      CandorProcess.signal(writing, signal);
      return writing.waitFor();
    } finally {
      writing.destroyForcibly();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
