package dev.candor.cli.check;

import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Compares a released model with what llama.cpp made of the same file. Its file has two runs of
 * every prompt: with llama.cpp's arithmetic, which rounds activations to 8 bits, and on the same
 * weights dequantised to float32 ({@code f32}). Our activations are float32, so the second is ours;
 * the first is the same model and must agree where it is not a close call.
 *
 * <ul>
 *   <li><b>tokenizer</b>: every string of {@code tokenisation}, both ways.
 *   <li><b>prompt tokens</b>: the same ids from the prompt's text.
 *   <li><b>template tokens</b>: the same ids from the prompt's messages, if the model has a chat
 *       template.
 *   <li><b>greedy tokens</b>: our own continuation equals each of the two up to its first step
 *       whose margin (largest logit less second largest) is below {@link #CLEAR_MARGIN}.
 *   <li><b>forced tokens</b>: the float32 continuation is given to the model token by token. At
 *       every step whose margin is {@link #CLEAR_MARGIN} or more, our most likely token is the
 *       reference's. Unlike the rule before, it reaches the end of every continuation.
 *   <li><b>mean NLL</b>: of the file's text, within 0.5 % of the float32 run.
 * </ul>
 */
final class RealModelCheck {

  /** The margin in logits from which rounding cannot choose another token; the files' own. */
  private static final double CLEAR_MARGIN = 0.75;

  private static final double NLL_TOLERANCE = 0.005;

  /** Tokens whose logits are computed at a time: 32 × 262,144 floats are 32 MiB. */
  private static final int CHUNK = 32;

  private final LanguageModel language;
  private final CausalModel model;
  private final Tokenizer tokenizer;
  private final BlockFormat cacheFormat;
  private final JsonObject golden;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param cacheFormat how the model keeps keys and values meanwhile
   */
  RealModelCheck(LanguageModel language, BlockFormat cacheFormat, JsonObject golden) {
    this.language = language;
    this.cacheFormat = cacheFormat;
    this.model = language.model();
    this.tokenizer = language.tokenizer();
    this.golden = golden;
  }

  /** Compares everything. */
  List<Finding> run() {
    golden
        .optionalString("sha256")
        .ifPresent(expected ->
            findings.add(
                new Finding(
                    "file",
                    "sha256",
                    expected.equals(language.digest()) ? 0 : 1,
                    0,
                    language.digest())));
    TokenizerCheck texts = new TokenizerCheck(tokenizer);
    texts.run(golden);
    findings.add(texts.finding("tokenizer", "tokenisation"));
    for (JsonObject prompt : GoldenPrompt.objects(golden, "prompts")) {
      prompt(prompt);
    }
    golden.object("nll").ifPresent(this::nll);
    return findings;
  }

  private void prompt(JsonObject prompt) {
    String subject = prompt.string("id") + " " + prompt.string("mode");
    int[] ids = GoldenPrompt.ids(prompt, "prompt_tokens");
    boolean chat = prompt.string("mode").equals("chat");
    int[] ours = tokenizer.encode(prompt.string("prompt_text"), true, chat);
    findings.add(same("prompt tokens", subject, ids, ours));
    template(prompt, subject, ids);
    JsonObject exact = prompt.object("f32").orElse(prompt);
    int[] continuation = GoldenPrompt.ids(exact, "continuation_tokens");
    float[] margins = exact.floats("top1_minus_top2_logit");
    int[] quantised = GoldenPrompt.ids(prompt, "continuation_tokens");
    int[] free = continuation(ids, Math.max(continuation.length, quantised.length));
    findings.add(tokens("greedy tokens", subject, continuation, clear(margins), free));
    findings.add(
        tokens(
            "greedy, 8-bit",
            subject,
            quantised,
            clear(prompt.floats("top1_minus_top2_logit")),
            free));
    findings.add(forced(subject, ids, continuation, margins));
  }

  /** What the model's own chat template makes of the messages, if it has one. */
  private void template(JsonObject prompt, String subject, int[] ids) {
    List<JsonObject> messages = GoldenPrompt.objects(prompt, "messages");
    Optional<ChatFormat> format = messages.isEmpty() ? Optional.empty() : language.chatFormat();
    if (format.isPresent()) {
      List<ChatMessage> chat = new ArrayList<>();
      for (JsonObject message : messages) {
        chat.add(ChatMessage.of(message.string("role"), message.string("content")));
      }
      int[] ours = format.get().tokens(ChatRequest.of(chat));
      findings.add(same("template tokens", subject, ids, ours));
    }
  }

  /** Compares all tokens, and that there are no more. */
  private static Finding same(String what, String subject, int[] expected, int[] actual) {
    return actual.length > expected.length
        ? new Finding(
            what,
            subject,
            actual.length - expected.length,
            0,
            actual.length + " tokens, expected " + expected.length)
        : tokens(what, subject, expected, expected.length, actual);
  }

  /** Compares the first {@code required} tokens; says how far the rest agree. */
  private static Finding tokens(
      String what, String subject, int[] expected, int required, int[] actual) {
    int compared = Math.min(required, expected.length);
    int mismatch = Arrays.mismatch(expected, actual);
    int same = mismatch < 0 ? expected.length : mismatch;
    String detail =
        same == expected.length
            ? "all " + same
            : same + " of " + expected.length + ", must be " + compared;
    if (same < compared) {
      detail +=
          "; token "
              + same
              + " is "
              + (same < actual.length ? Integer.toString(actual[same]) : "missing")
              + ", expected "
              + expected[same];
    }
    return new Finding(what, subject, Math.max(0, compared - same), 0, detail);
  }

  private static int clear(float[] margins) {
    for (int i = 0; i < margins.length; i++) {
      if (margins[i] < CLEAR_MARGIN) {
        return i;
      }
    }
    return margins.length;
  }

  /** So many most likely tokens after the prompt, end tokens not minded. */
  private int[] continuation(int[] prompt, int count) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + count);
    float[] logits = new float[model.vocabularySize()];
    try (SequenceState state = model.newState(tokens.length, cacheFormat)) {
      model.forward(state, tokens, 0, prompt.length, LogitsRequest.LAST, logits, Trace.NONE);
      for (int i = prompt.length; i < tokens.length; i++) {
        tokens[i] = Difference.largest(logits, 0, logits.length);
        if (i + 1 < tokens.length) {
          model.forward(state, tokens, i, i + 1, LogitsRequest.LAST, logits, Trace.NONE);
        }
      }
    }
    return Arrays.copyOfRange(tokens, prompt.length, tokens.length);
  }

  private Finding forced(String subject, int[] prompt, int[] continuation, float[] margins) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + continuation.length);
    System.arraycopy(continuation, 0, tokens, prompt.length, continuation.length);
    int steps = Math.min(continuation.length, margins.length);
    float[] logits = new float[model.vocabularySize()];
    int clear = 0;
    int differing = 0;
    double worst = 0;
    try (SequenceState state = model.newState(tokens.length, cacheFormat)) {
      model.forward(state, tokens, 0, prompt.length, LogitsRequest.LAST, logits, Trace.NONE);
      for (int i = 0; i < steps; i++) {
        double margin = margin(logits, continuation[i]);
        worst = Math.max(worst, Math.abs(margin - margins[i]));
        if (margins[i] >= CLEAR_MARGIN) {
          clear++;
          // Not "margin <= 0": a logit that is no number must count as a difference.
          if (!(margin > 0)) {
            differing++;
          }
        }
        int at = prompt.length + i;
        if (i + 1 < steps) {
          model.forward(state, tokens, at, at + 1, LogitsRequest.LAST, logits, Trace.NONE);
        }
      }
    }
    return new Finding(
        "forced tokens",
        subject,
        differing,
        0,
        String.format(
            Locale.ROOT,
            "%d of %d clear steps; margins differ by at most %.3f",
            clear - differing,
            clear,
            worst));
  }

  /** The logit of the token less the largest other. */
  private static double margin(float[] logits, int token) {
    if (token >= logits.length) {
      return Double.NaN;
    }
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (i != token && logits[i] > largest) {
        largest = logits[i];
      }
    }
    return (double) logits[token] - largest;
  }

  private void nll(JsonObject nll) {
    JsonObject reference = nll.object("f32").or(() -> nll.object("llama_cpp")).orElse(nll);
    int[] ids =
        nll.object("llama_cpp").map(run -> GoldenPrompt.ids(run, "tokens")).orElse(new int[0]);
    int[] ours = tokenizer.encode(nll.string("text"), true, false);
    findings.add(same("prompt tokens", "nll text", ids, ours));
    double mean = meanNll(ids);
    double expected = reference.number("mean_nll");
    double relative = Math.abs(mean - expected) / expected;
    findings.add(
        new Finding(
            "mean NLL",
            "nll text",
            Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative,
            NLL_TOLERANCE,
            String.format(Locale.ROOT, "%.6f, expected %.6f", mean, expected)));
  }

  /** Mean over t ≥ 1 of −ln p(token t | the tokens before it). */
  private double meanNll(int[] ids) {
    int vocabulary = model.vocabularySize();
    float[] logits = new float[Math.multiplyExact(CHUNK, vocabulary)];
    double sum = 0;
    try (SequenceState state = model.newState(ids.length, cacheFormat)) {
      for (int from = 0; from < ids.length - 1; from += CHUNK) {
        int to = Math.min(ids.length - 1, from + CHUNK);
        model.forward(state, ids, from, to, LogitsRequest.ALL, logits, Trace.NONE);
        for (int t = from; t < to; t++) {
          sum += negativeLogLikelihood(logits, (t - from) * vocabulary, vocabulary, ids[t + 1]);
        }
      }
    }
    return sum / (ids.length - 1);
  }

  private static double negativeLogLikelihood(float[] logits, int offset, int count, int token) {
    double largest = logits[offset + Difference.largest(logits, offset, count)];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(logits[offset + i] - largest);
    }
    return largest + Math.log(sum) - logits[offset + token];
  }
}
