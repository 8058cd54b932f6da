package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.ChoiceDistribution;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.generation.Speculation;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The digest of logits is the same on every way to an answer, and another for other weights. */
class LogitsDigestTest {

  private static final SessionOptions CONTEXT = new SessionOptions(200, BlockFormat.F16);
  private static final SamplingOptions DRAWN =
      new SamplingOptions(0.8f, 0, 0.95f, 0, 1.1f, 0, 0, Map.of(), 3);
  private static final List<String> CHOICES =
      List.of("the northern plant", "the northern coast", "a ledger", "a", "no");

  @TempDir Path folder;

  /** One answer of each kind. */
  private record Digests(String free, String constrained, ChoiceDistribution choices) {}

  private static Digests digests(LanguageModel model, int[] prompt, Speculation speculation) {
    GenerationRequest free =
        new GenerationRequest(DRAWN, 24, List.of(), true, -1).with(speculation).withLogitsDigest();
    GenerationRequest constrained =
        new GenerationRequest(DRAWN, 60, List.of(), false, -1)
            .within(Constraint.choice(CHOICES))
            .with(speculation)
            .withLogitsDigest();
    try (Session session = model.newSession(CONTEXT);
        Session other = model.newSession(CONTEXT)) {
      session.append(prompt);
      // One token after the other.
      for (int token : prompt) {
        other.append(new int[] {token});
      }
      return new Digests(
          session.generate(free, GenerationListener.NONE).logitsDigest().orElseThrow(),
          other.generate(constrained, GenerationListener.NONE).logitsDigest().orElseThrow(),
          session.distribution(CHOICES));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sambay-tiny", "llama-smol", "gemma3-tiny"})
  void isTheSameOnEveryPathAndForAnyNumberOfThreads(String name) {
    Path weights = TestData.fixture(name);
    int[] prompt;
    Digests expected;
    try (LanguageModel model =
        LanguageModel.open(weights, LoadOptions.defaults().withThreads(1).withKernels("scalar"))) {
      prompt = new Random(1).ints(50, 0, model.model().vocabularySize()).toArray();
      expected = digests(model, prompt, Speculation.OFF);
    }
    // The fastest is the emitted one, where the processor is one that code is written for.
    LoadOptions fastest = LoadOptions.defaults();
    for (LoadOptions options :
        List.of(fastest, fastest.withKernels("vector"), fastest.withKernels("scalar"))) {
      for (int threads = 1; threads <= 2; threads++) {
        try (LanguageModel model = LanguageModel.open(weights, options.withThreads(threads))) {
          for (Speculation speculation : Speculation.values()) {
            assertThat(digests(model, prompt, speculation))
                .as("%s, %d threads, speculation %s", model.kernels(), threads, speculation)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  /** What one model says behind a prompt, and behind its answer. */
  private record Said(int[] tokens, String digest) {}

  private static Said said(LanguageModel model, int[] prompt) {
    try (Session session = model.newSession(CONTEXT)) {
      session.append(prompt);
      GenerationRequest request =
          new GenerationRequest(SamplingOptions.GREEDY, 12, List.of(), true, -1).withLogitsDigest();
      Answer answer = session.generate(request, GenerationListener.NONE);
      return new Said(session.tokens(), answer.logitsDigest().orElseThrow());
    }
  }

  /** Logits of the steps that lead from a prompt to these tokens. */
  private static float[] logits(LanguageModel model, int[] tokens, int promptTokens) {
    int vocabulary = model.model().vocabularySize();
    int read = tokens.length - 1;
    float[] rows = new float[read * vocabulary];
    try (SequenceState state = model.model().newState(read, CONTEXT.cacheFormat())) {
      TokenSpan span = new TokenSpan(state, tokens, 0, read, LogitsRequest.ALL);
      model.model().forward(List.of(span), rows, Trace.NONE);
    }
    return Arrays.copyOfRange(rows, (promptTokens - 1) * vocabulary, rows.length);
  }

  /**
   * One bit of the weights is flipped: of the sign or the mantissa, so that logits stay finite.
   * Some of them change no logit, because the token is not read or rounding swallows it.
   */
  @Test
  void isAnotherExactlyIfALogitIs() throws IOException {
    Path original = TestData.fixture("sambay-tiny");
    Path weights = copy(original).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int data = Math.toIntExact(8 + header);
    Random random = new Random(7);
    int[] prompt;
    Said expected;
    float[] expectedLogits;
    try (LanguageModel model = LanguageModel.open(original, LoadOptions.defaults())) {
      prompt = random.ints(20, 0, model.model().vocabularySize()).toArray();
      expected = said(model, prompt);
      expectedLogits = logits(model, expected.tokens(), prompt.length);
    }
    int same = 0;
    int onlyLogits = 0;
    for (int round = 0; round < 60; round++) {
      int element = data + 4 * random.nextInt((bytes.length - data) / 4);
      int bit = random.nextInt(24);
      int mask = bit == 23 ? 1 << 31 : 1 << bit;
      ByteBuffer changed = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
      changed.putInt(element, changed.getInt(element) ^ mask);
      Files.write(weights, changed.array());
      try (LanguageModel model = LanguageModel.open(folder, LoadOptions.defaults())) {
        Said said = said(model, prompt);
        boolean equal =
            Arrays.equals(logits(model, expected.tokens(), prompt.length), expectedLogits);
        assertThat(said.digest().equals(expected.digest()))
            .as("byte %d, bit %d", element, bit)
            .isEqualTo(equal);
        if (equal) {
          same++;
        } else if (Arrays.equals(said.tokens(), expected.tokens())) {
          onlyLogits++;
        }
      }
    }
    assertThat(same).as("flips that no logit shows").isBetween(1, 30);
    assertThat(onlyLogits).as("flips that no token shows").isGreaterThan(20);
  }

  private Path copy(Path original) throws IOException {
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
    return folder;
  }
}
