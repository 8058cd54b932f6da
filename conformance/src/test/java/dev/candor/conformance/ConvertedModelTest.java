package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.EncoderInput;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import dev.candor.engine.tokenizers.GgufTokenizer;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A converted file answers as the folder it was made from. */
class ConvertedModelTest {

  /** Longest prompt that is compared: beyond every sliding window of the fixtures. */
  private static final int MOST_TOKENS = 40;

  @TempDir Path folder;

  static List<String> models() {
    return ConversionTest.models();
  }

  /**
   * Weights are the same numbers. Only Llama and Mistral sum a head's products in another order,
   * because their rotary pairs are neighbours.
   */
  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameLogitsAtFullPrecision(String model) throws IOException {
    float[] expected = logits(TestData.fixture(model), model);
    float[] found = logits(converted(model, BlockFormat.F32), model);
    if (model.startsWith("llama") || model.startsWith("mistral")) {
      assertThat(largestDifference(found, expected)).isLessThan(5e-5f);
    } else {
      assertThat(found).isEqualTo(expected);
    }
  }

  /**
   * Phi-4-mini has no window; llama.cpp writes that as a window of 0, and so does the conversion.
   */
  @Test
  void readsPhi3WithoutASlidingWindow() throws IOException {
    String model = "phi3-longrope";
    Path copy = Files.createDirectory(folder.resolve("without-window"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(TestData.fixture(model))) {
      for (Path file : files) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Path config = copy.resolve("config.json");
    String text = Files.readString(config);
    String without = text.replaceFirst("\\s*\"sliding_window\": *\\d+,", "");
    assertThat(without).isNotEqualTo(text);
    Files.writeString(config, without);
    Path out = folder.resolve("without-window.gguf");
    ConversionTest.convert(copy, out, BlockFormat.F32);
    assertThat(logits(out, model)).isEqualTo(logits(copy, model));
  }

  /**
   * Random weights are far more sensitive than trained ones. Those of mobilebert-tiny, which has no
   * norms at all, saturate its pooler: even BF16 turns some of its outputs round, F16 none.
   *
   * <p>With weights of 8 bits the error was at most 0.05; rounding the activations to 8 bits too
   * adds one of the same size that has nothing to do with the first: √2 of it.
   */
  @ParameterizedTest
  @MethodSource("models")
  void staysCloseWhenQuantised(String model) throws IOException {
    float[] expected = logits(TestData.fixture(model), model);
    BlockFormat target = model.equals("mobilebert-tiny") ? BlockFormat.F16 : BlockFormat.Q8_0;
    float[] found = logits(converted(model, target), model);
    assertThat(relativeError(found, expected)).isLessThan(0.05 * Math.sqrt(2));
  }

  /**
   * The keys that other programs read give the same tokens. They cannot say that a token swallows
   * the whitespace behind it, so text with tokens of a chat is left to the next test.
   */
  @ParameterizedTest
  @MethodSource("tokenizers")
  void tokenizesAsTheFolderByTheKeysOfLlamaCpp(String model) throws IOException {
    List<String> keys =
        GgufTokenizer.KEYS.stream()
            .filter(key -> !key.equals("tokenizer.huggingface.json"))
            .toList();
    compareTokens(model, keys, text -> !text.contains("<|"));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void tokenizesAsTheFolder(String model) throws IOException {
    compareTokens(model, GgufTokenizer.KEYS, text -> true);
  }

  static List<String> tokenizers() {
    return models().stream()
        .filter(model -> Files.exists(TestData.fixture(model).resolve("tokenizer_golden.json")))
        .toList();
  }

  private void compareTokens(String model, List<String> keys, Predicate<String> texts)
      throws IOException {
    try (GgufFile file = GgufFile.open(converted(model, BlockFormat.F32));
        InputStream in = Files.newInputStream(TestData.fixture(model + "/tokenizer_golden.json"))) {
      Tokenizer tokenizer = GgufTokenizer.of(file.values().plain(keys));
      List<?> cases = (List<?>) Json.parse(in, Json.Limits.CONFIG, "tokenizer_golden.json");
      int compared = 0;
      for (Object entry : cases) {
        JsonObject golden = (JsonObject) entry;
        String text = golden.string("text");
        if (texts.test(text)) {
          compared++;
          assertThat(tokenizer.encode(text, true, true))
              .as("tokens of \"%s\"", text)
              .isEqualTo(ids(golden.list("ids_with_special").orElseThrow()));
        }
      }
      assertThat(compared).isGreaterThan(100);
    }
  }

  private static int[] ids(List<Object> ids) {
    return ids.stream().mapToInt(id -> ((Long) id).intValue()).toArray();
  }

  private Path converted(String model, BlockFormat target) {
    Path out = folder.resolve(model + "-" + target + ".gguf");
    ConversionTest.convert(TestData.fixture(model), out, target);
    return out;
  }

  /** All logits of the longest golden prompt that fits. */
  private static float[] logits(Path path, String model) throws IOException {
    return logits(path, model, new ScalarKernels());
  }

  /** The same with any kernels. */
  static float[] logits(Path path, String model, Kernels kernels) throws IOException {
    int[] ids = prompt(model);
    try (Checkpoint checkpoint = Checkpoint.open(path);
        WorkerPool pool = new PersistentWorkerPool(1)) {
      Compute compute = new Compute(kernels, pool);
      if (Architectures.isEncoder(checkpoint.architecture())) {
        return Architectures.loadEncoder(checkpoint, compute)
            .encode(EncoderInput.of(ids), Trace.NONE)
            .logits();
      }
      CausalModel loaded = Architectures.load(checkpoint, compute);
      float[] logits = new float[ids.length * loaded.vocabularySize()];
      try (SequenceState state = loaded.newState(ids.length, BlockFormat.F32)) {
        loaded.forward(state, ids, 0, ids.length, LogitsRequest.ALL, logits, Trace.NONE);
      }
      return logits;
    }
  }

  private static int[] prompt(String model) throws IOException {
    try (InputStream in = Files.newInputStream(TestData.fixture(model + "/golden.json"))) {
      JsonObject golden = Json.parseObject(in, Json.Limits.CONFIG, "golden.json");
      boolean encoder = golden.has("cases");
      int[] longest = {};
      for (Object entry : golden.list(encoder ? "cases" : "prompts").orElseThrow()) {
        List<Object> ids = ((JsonObject) entry).list(encoder ? "input_ids" : "ids").orElseThrow();
        if (ids.size() > longest.length && ids.size() <= MOST_TOKENS) {
          longest = ids(ids);
        }
      }
      assertThat(longest).hasSizeGreaterThan(5);
      return longest;
    }
  }

  private static float largestDifference(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    float largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[i]));
    }
    return largest;
  }

  private static double relativeError(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double error = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      error += Math.pow(found[i] - (double) expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / size);
  }
}
