package dev.candor.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.CommandRun;
import dev.candor.conformance.TestData;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.Adapter.Factors;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code candor models merge}: what is merged answers as the adapter beside the model does. */
class MergedAdapterTest {

  @TempDir Path folder;

  private static LanguageModel open(Path model) {
    return LanguageModel.open(model, LoadOptions.defaults().withThreads(2));
  }

  private AdapterFolder adapter(LanguageModel base, double deviation) {
    AdapterConfig config = RandomFactors.config(4, 8);
    return AdapterFolder.write(
        folder.resolve("adapter"),
        config,
        RandomFactors.of(base.model().linearLayers(), config, 5, deviation),
        RandomFactors.card(base.digest()));
  }

  private Path merge(Path model, String name, String... options) {
    Path out = folder.resolve(name);
    List<String> arguments =
        List.of(
            "models",
            "merge",
            "--model",
            model.toString(),
            "--adapter",
            folder.resolve("adapter").toString(),
            out.toString());
    CommandRun run =
        CommandRun.of(
            Stream.concat(arguments.stream(), Arrays.stream(options)).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return out;
  }

  /** From the folders as they are published, with weights in F32 and in BF16. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sambay-tiny",
        "sambay-bf16",
        "llama3-tiny",
        "mistral-tiny",
        "gemma-tiny",
        "gemma3-tiny",
        "phi3-longrope"
      })
  void answersAsTheAdapterDoes(String name) {
    try (LanguageModel base = open(TestData.fixture(name))) {
      Adapter adapter = adapter(base, 0.1).adapter(base);
      try (LanguageModel merged = open(merge(TestData.fixture(name), "merged.gguf"))) {
        for (int seed = 0; seed < 3; seed++) {
          int[] prompt =
              new SplittableRandom(seed).ints(40, 0, base.model().vocabularySize()).toArray();
          List<Integer> expected = answer(base, adapter, prompt);
          assertThat(answer(merged, Adapter.NONE, prompt)).isEqualTo(expected);
          assertThat(answer(base, Adapter.NONE, prompt)).isNotEqualTo(expected);
        }
      }
    }
  }

  private static List<Integer> answer(LanguageModel language, Adapter adapter, int[] prompt) {
    SessionOptions options = new SessionOptions(100, BlockFormat.F32).with(adapter);
    try (Session session = language.newSession(options)) {
      session.append(prompt);
      GenerationRequest request =
          new GenerationRequest(SamplingOptions.GREEDY, 24, List.of(), true, -1);
      return session.generate(request, GenerationListener.NONE).tokens().stream()
          .map(GeneratedToken::id)
          .toList();
    }
  }

  /** Whether the model lies in rows or in strips, the file is the same, and GGUF for everybody. */
  @Test
  void aPackedFileIsMergedAsTheOneThatWasPacked() throws Exception {
    Path rows = folder.resolve("rows.gguf");
    Path packed = folder.resolve("packed.gguf");
    String fixture = TestData.fixture("llama3-tiny").toString();
    CommandRun.of("models", "convert", fixture, rows.toString(), "--format", "Q4_0");
    CommandRun.of("models", "convert", fixture, packed.toString(), "--format", "Q4_0", "--pack");
    try (LanguageModel base = open(rows)) {
      AdapterFolder adapter = adapter(base, 0.1);
      Path merged = merge(rows, "from-rows.gguf");
      assertThat(merge(packed, "from-packed.gguf")).hasSameBinaryContentAs(merged);
      try (Checkpoint before = Checkpoint.open(rows);
          Checkpoint after = Checkpoint.open(merged)) {
        assertThat(after.sourceDigest()).isEmpty();
        Set<String> changed =
            adapter.factors().keySet().stream()
                .map(layer -> layer + ".weight")
                .collect(Collectors.toSet());
        assertThat(changed).hasSize(28);
        for (Tensor tensor : before.tensors()) {
          Tensor found = after.tensor(tensor.name()).orElseThrow();
          if (changed.contains(tensor.name())) {
            assertThat(found.format()).isEqualTo(BlockFormat.F16);
          } else {
            assertThat(found.format()).isEqualTo(tensor.format());
            assertThat(found.data().mismatch(tensor.data())).isEqualTo(-1);
          }
        }
      }
      String text = Files.readString(merged, StandardCharsets.ISO_8859_1);
      assertThat(text).contains("candor.merged.base", base.digest(), adapter.digest());
      try (Checkpoint after = Checkpoint.open(merge(rows, "8.gguf", "--format", "Q8_0"))) {
        assertThat(after.require("model.layers.0.self_attn.q_proj.weight", 64, 64).format())
            .isEqualTo(BlockFormat.Q8_0);
      }
    }
  }

  /**
   * Beside quantised weights the unmerged model rounds activations that the merged one does not;
   * tokens differ in close calls only. It differs from itself nearly as much if last bits of the
   * adapter do: a sum that differs in its last bits now and then rounds to another of 255 values
   * further on. So no other way to merge could come nearer than that, but for the same bits.
   */
  @Test
  @Tag("real-data")
  void aReleasedModelChoosesTheSameTokensButForCloseCalls() {
    Path model = TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf");
    try (LanguageModel base = open(model)) {
      AdapterFolder written = adapter(base, 0.03);
      Adapter adapter = written.adapter(base);
      Adapter otherBits = Adapter.of(base.model().linearLayers(), lastBits(written), "");
      try (LanguageModel merged = open(merge(model, "merged.gguf"))) {
        Agreement agreement = new Agreement();
        Agreement ofOtherBits = new Agreement();
        for (String question :
            List.of("Why is the sky blue?", "List three fruits.", "How do bees make honey?")) {
          int[] prompt =
              base.chatFormat()
                  .orElseThrow()
                  .tokens(ChatRequest.of(List.of(ChatMessage.of("user", question))));
          List<Integer> answer = answer(base, adapter, prompt);
          int[] all =
              IntStream.concat(Arrays.stream(prompt), answer.stream().mapToInt(Integer::intValue))
                  .toArray();
          int vocabulary = base.model().vocabularySize();
          float[] expected = logits(base, adapter, all);
          agreement.add(expected, logits(merged, Adapter.NONE, all), vocabulary);
          ofOtherBits.add(expected, logits(base, otherBits, all), vocabulary);
        }
        assertThat(agreement.positions).isGreaterThan(150);
        assertThat(agreement.widestMargin).as("margin lost, in logits").isLessThan(0.5f);
        assertThat(agreement.same).isGreaterThan(agreement.positions * 95 / 100);
        assertThat(agreement.divergence()).isLessThan(3 * ofOtherBits.divergence());
      }
    }
  }

  /** The adapter with every second element of each B a last bit greater. */
  private static Map<String, Factors> lastBits(AdapterFolder adapter) {
    Map<String, Factors> factors = new TreeMap<>();
    adapter
        .factors()
        .forEach((layer, its) -> {
          float[] b = its.b().clone();
          for (int i = 0; i < b.length; i += 2) {
            b[i] = Math.nextUp(b[i]);
          }
          factors.put(layer, new Factors(its.rank(), its.a(), b, its.scaling()));
        });
    return factors;
  }

  private static float[] logits(LanguageModel language, Adapter adapter, int[] tokens) {
    float[] logits = new float[tokens.length * language.model().vocabularySize()];
    try (SequenceState state = language.model().newState(tokens.length, BlockFormat.F16, adapter)) {
      language
          .model()
          .forward(state, tokens, 0, tokens.length, LogitsRequest.ALL, logits, Trace.NONE);
    }
    return logits;
  }

  /** How often two models prefer the same token, and by how much the first did where not. */
  private static final class Agreement {
    private int positions;
    private int same;
    private float widestMargin;
    private double divergences;

    void add(float[] first, float[] second, int vocabulary) {
      for (int at = 0; at < first.length; at += vocabulary) {
        int one = best(first, at, vocabulary);
        int other = best(second, at, vocabulary);
        positions++;
        same += one == other ? 1 : 0;
        widestMargin = Math.max(widestMargin, first[at + one] - first[at + other]);
        divergences += divergence(first, second, at, vocabulary);
      }
    }

    /** Of the second from the first (Kullback and Leibler), in nats, of a token on average. */
    double divergence() {
      return divergences / positions;
    }

    private static double divergence(float[] first, float[] second, int from, int count) {
      double one = logSum(first, from, count);
      double other = logSum(second, from, count);
      double sum = 0;
      for (int j = from; j < from + count; j++) {
        sum += Math.exp(first[j] - one) * (first[j] - one - second[j] + other);
      }
      return sum;
    }

    private static double logSum(float[] logits, int from, int count) {
      double sum = 0;
      for (int j = from; j < from + count; j++) {
        sum += Math.exp(logits[j]);
      }
      return Math.log(sum);
    }

    private static int best(float[] logits, int from, int count) {
      int best = 0;
      for (int j = 1; j < count; j++) {
        best = logits[from + j] > logits[from + best] ? j : best;
      }
      return best;
    }
  }
}
