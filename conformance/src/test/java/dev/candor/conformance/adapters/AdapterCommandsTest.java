package dev.candor.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.CommandRun;
import dev.candor.conformance.TestData;
import dev.candor.engine.adapters.AdapterCard;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.adapters.TextFeatures;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code --adapter} and {@code --head}. */
class AdapterCommandsTest {

  private static final Path MODEL = TestData.fixture("llama3-tiny");

  @TempDir Path folder;

  private static LanguageModel open() {
    return LanguageModel.open(MODEL, LoadOptions.defaults().withThreads(2));
  }

  private static CommandRun run(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--model", MODEL.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static JsonNode json(CommandRun run) {
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private AdapterFolder adapter(LanguageModel base) {
    AdapterConfig config = RandomFactors.config(4, 8);
    return AdapterFolder.write(
        folder.resolve("adapter"),
        config,
        RandomFactors.of(base.model().linearLayers(), config, 5, 0.2),
        RandomFactors.card(base.digest()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ask --raw --json --max-tokens 8 Hello",
        "classify --labels red,green --json Hello",
        "bench --prompt 8 --decode 2 --json"
      })
  void anAdapterIsNamedInTheRecord(String line) {
    String[] words = line.split(" ");
    String[] more = new String[words.length + 1];
    System.arraycopy(words, 1, more, 0, words.length - 1);
    more[words.length - 1] = "--adapter";
    more[words.length] = folder.resolve("adapter").toString();
    try (LanguageModel base = open()) {
      AdapterFolder adapter = adapter(base);
      JsonNode with = json(run(words[0], more));
      assertThat(with.get("adapterDigest").asString()).isEqualTo(adapter.digest());
      JsonNode without = json(run(words[0], Arrays.copyOfRange(words, 1, words.length)));
      assertThat(without.has("adapterDigest")).isFalse();
      for (String field : List.of("answer", "probability")) {
        if (with.has(field)) {
          assertThat(with.get(field)).isNotEqualTo(without.get(field));
        }
      }
    }
  }

  @Test
  void anAdapterWithoutACardIsUsedWithAWarning() {
    String peft = TestData.fixture("adapters/peft-llama3").toString();
    CommandRun run = run("ask", "--raw", "--max-tokens", "4", "--adapter", peft, "Hello");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("adapter.json", "cannot be checked");
  }

  @Test
  void anAdapterOfAnotherModelIsRefused() {
    try (LanguageModel base = open()) {
      adapter(base);
    }
    for (String command : List.of("ask", "bench")) {
      CommandRun run =
          CommandRun.of(
              command,
              "--model",
              TestData.fixture("llama-smol").toString(),
              "--adapter",
              folder.resolve("adapter").toString(),
              "--json",
              command.equals("ask") ? "Hello" : "--prompt=4");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out() + run.err()).contains("adapter.other-base");
    }
  }

  private SoftmaxHead head(LanguageModel base, Pooling pooling) {
    SplittableRandom random = new SplittableRandom(3);
    int width = base.model().hiddenSize();
    float[] weight = new float[3 * width];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) (random.nextDouble() - 0.5);
    }
    return SoftmaxHead.write(
        folder.resolve("head"),
        new AdapterCard(
            "colours", "Tests.", base.digest(), Optional.of("1".repeat(64)), Optional.empty()),
        new TextFeatures(pooling, "Text: ", "\n"),
        List.of("red", "green", "blue"),
        weight,
        new float[] {0.1f, -0.2f, 0.3f},
        1.7);
  }

  @ParameterizedTest
  @EnumSource
  void aHeadClassifies(Pooling pooling) throws IOException {
    try (LanguageModel base = open()) {
      SoftmaxHead head = head(base, pooling);
      double[] expected = head.probabilities(base, "A parcel.", SessionOptions.ofContext(64));
      double sum = 0;
      for (double p : expected) {
        sum += p;
      }
      assertThat(sum).isCloseTo(1, Offset.offset(1e-12));

      // The definition: a softmax over (W h + b) / T.
      float[] h =
          base.hiddenState(
              base.tokenizer().encode("Text: A parcel.\n", true, false),
              pooling,
              SessionOptions.ofContext(64));
      double[] scores = new double[3];
      double total = 0;
      for (int i = 0; i < 3; i++) {
        for (int j = 0; j < h.length; j++) {
          scores[i] += (double) head.weight()[i * h.length + j] * h[j];
        }
        scores[i] = Math.exp((scores[i] + head.bias()[i]) / 1.7);
        total += scores[i];
      }
      for (int i = 0; i < 3; i++) {
        assertThat(expected[i]).isCloseTo(scores[i] / total, Offset.offset(1e-9));
      }

      String at = folder.resolve("head").toString();
      JsonNode answer = json(run("classify", "--head", at, "--json", "A parcel."));
      assertThat(answer.get("headDigest").asString()).isEqualTo(head.digest());
      for (int i = 0; i < 3; i++) {
        assertThat(answer.get("probabilities").get(head.labels().get(i)).asDouble())
            .isEqualTo(expected[i]);
      }
      Path rows = Files.writeString(folder.resolve("in.csv"), "text\nA parcel.\nA letter.\n");
      CommandRun table = run("classify", "--head", at, rows.toString());
      assertThat(table.out().lines().toList().get(1))
          .contains(String.valueOf(expected[0]), String.valueOf(expected[2]));
    }
  }

  @Test
  void aHeadIsForItsModelAndUnchanged() throws IOException {
    try (LanguageModel base = open()) {
      head(base, Pooling.MEAN);
    }
    String at = folder.resolve("head").toString();
    CommandRun other =
        CommandRun.of(
            "classify",
            "--model",
            TestData.fixture("llama-smol").toString(),
            "--head",
            at,
            "--json",
            "x");
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.out() + other.err()).contains("adapter.other-base");
    assertThat(run("classify", "--head", at, "--labels", "a,b", "x").exitCode()).isEqualTo(2);
    assertThat(run("classify", "--head", at, "--think", "x").exitCode()).isEqualTo(2);
    assertThat(run("classify", "x").exitCode()).isEqualTo(2);

    Path document = folder.resolve("head").resolve("head.json");
    String text = Files.readString(document);
    refuse(document, text.replace("\"mean\"", "\"median\""), "adapter.malformed", at);
    refuse(
        document,
        text.replace("\"temperature\":1.7", "\"temperature\":0"),
        "adapter.malformed",
        at);
    refuse(document, text.replace("\"blue\"", "\"red\""), "adapter.malformed", at);
    refuse(document, text.replace(",\"blue\"", ""), "adapter.shape", at);
    refuse(
        document,
        text.replace("\"weightsDigest\":\"", "\"weightsDigest\":\"0"),
        "adapter.altered",
        at);
    refuse(document, text.replace("\"format\":1", "\"format\":2"), "config.out-of-range", at);
  }

  private static void refuse(Path document, String text, String code, String at)
      throws IOException {
    Files.writeString(document, text);
    CommandRun run = run("classify", "--head", at, "--json", "x");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out() + run.err()).contains(code);
  }
}
