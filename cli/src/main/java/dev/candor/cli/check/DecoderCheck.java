package dev.candor.cli.check;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares a decoder with a reference's logits and greedy tokens.
 *
 * <ul>
 *   <li><b>logits</b>: of every position of every prompt, read at once, against {@code
 *       golden.safetensors}; the largest absolute difference must be within {@code tolerance_hint}.
 *   <li><b>decode</b>: the logits after each token, given one by one, against those of a prefill of
 *       the same tokens. Our promise is the same bits; the verdict allows the tolerance.
 *   <li><b>greedy</b>: the most likely tokens one after the other. Every token must be the
 *       reference's. Where the reference itself passed a step with a margin below twice the
 *       tolerance, and our two candidates are that close too, either is right; the comparison goes
 *       on with the reference's.
 * </ul>
 */
final class DecoderCheck {

  /** Longer prompts are compared token by token at this many places only. */
  private static final int PREFIXES = 128;

  private final CausalModel model;
  private final GoldenTensors tensors;
  private final List<GoldenPrompt> prompts;
  private final double tolerance;
  private final List<Finding> findings = new ArrayList<>();

  DecoderCheck(CausalModel model, JsonObject golden, GoldenTensors tensors) {
    this.model = model;
    this.tensors = tensors;
    this.prompts = GoldenPrompt.ofAll(golden);
    this.tolerance = golden.number("tolerance_hint");
  }

  /** Compares everything. */
  List<Finding> run() {
    for (GoldenPrompt prompt : prompts) {
      float[] logits = prefill(prompt.ids(), Trace.NONE);
      findings.add(logits(prompt, logits));
      findings.add(decode(prompt));
      findings.add(greedy(prompt));
    }
    for (int i = 0; i < findings.size(); i++) {
      if (!findings.get(i).holds()) {
        findings.set(i, findings.get(i).at(firstDifference()));
        break;
      }
    }
    return findings;
  }

  /**
   * The first traced tensor that differs from the reference's, with the prompt that has a trace.
   */
  private Optional<String> firstDifference() {
    for (GoldenPrompt prompt : prompts) {
      if (tensors.has(prompt.name() + ".hidden.0")) {
        RecordedTrace trace = new RecordedTrace();
        prefill(prompt.ids(), trace);
        Optional<String> difference = trace.firstDifference(tensors, prompt.name(), tolerance);
        List<String> missing = trace.missing(tensors, prompt.name());
        if (difference.isPresent()) {
          return difference;
        }
        if (!missing.isEmpty()) {
          return Optional.of("unknown: the model does not show " + missing);
        }
        return Optional.of(
            "after the last layer (output head), or in what only other prompts reach; every traced"
                + " tensor of prompt "
                + prompt.name()
                + " holds");
      }
    }
    return Optional.empty();
  }

  /** Logits of all positions, [tokens, vocabulary]. */
  private float[] prefill(int[] ids, Trace trace) {
    float[] logits = new float[Math.multiplyExact(ids.length, model.vocabularySize())];
    try (SequenceState state = model.newState(ids.length, BlockFormat.F32)) {
      model.forward(state, ids, 0, ids.length, LogitsRequest.ALL, logits, trace);
    }
    return logits;
  }

  private Finding logits(GoldenPrompt prompt, float[] logits) {
    float[] expected = tensors.values(prompt.name() + ".logits");
    int vocabulary = model.vocabularySize();
    if (expected.length != logits.length) {
      return new Finding(
          "logits",
          prompt.name(),
          Double.POSITIVE_INFINITY,
          tolerance,
          "the reference has " + expected.length + " logits, the model " + logits.length);
    }
    double worst = 0;
    int first = -1;
    for (int t = 0; t < prompt.ids().length; t++) {
      double here = Difference.worst(expected, t * vocabulary, logits, t * vocabulary, vocabulary);
      worst = Math.max(worst, here);
      if (first < 0 && here > tolerance) {
        first = t;
      }
    }
    return new Finding(
        "logits",
        prompt.name(),
        worst,
        tolerance,
        first < 0
            ? count(prompt.ids().length, "position")
            : "first at position " + first + " of " + prompt.ids().length);
  }

  private Finding decode(GoldenPrompt prompt) {
    int[] ids = prompt.ids();
    float[] decoded = new float[model.vocabularySize()];
    float[] prefilled = new float[model.vocabularySize()];
    double worst = 0;
    int first = -1;
    int step = Math.max(1, ids.length / PREFIXES);
    try (SequenceState state = model.newState(ids.length, BlockFormat.F32)) {
      for (int t = 0; t < ids.length; t++) {
        model.forward(state, ids, t, t + 1, LogitsRequest.LAST, decoded, Trace.NONE);
        if (t % step != 0 && t != ids.length - 1) {
          continue;
        }
        try (SequenceState whole = model.newState(t + 1, BlockFormat.F32)) {
          model.forward(whole, ids, 0, t + 1, LogitsRequest.LAST, prefilled, Trace.NONE);
        }
        double here = Difference.worst(prefilled, decoded);
        worst = Math.max(worst, here);
        if (first < 0 && here > tolerance) {
          first = t;
        }
      }
    }
    String detail =
        first >= 0
            ? "first at position " + first
            : worst == 0 ? "same bits" : "within the tolerance, not the same bits";
    return new Finding("decode = prefill", prompt.name(), worst, tolerance, detail);
  }

  private Finding greedy(GoldenPrompt prompt) {
    int[] expected = prompt.greedy();
    int length = prompt.ids().length;
    float[] logits = new float[model.vocabularySize()];
    int differing = 0;
    int undecided = 0;
    String first = "";
    boolean closeCalls = prompt.smallestMargin() <= 2 * tolerance;
    try (SequenceState state = model.newState(length + expected.length, BlockFormat.F32)) {
      model.forward(state, prompt.ids(), 0, length, LogitsRequest.LAST, logits, Trace.NONE);
      for (int i = 0; i < expected.length; i++) {
        int chosen = Difference.largest(logits, 0, logits.length);
        if (expected[i] >= logits.length) {
          differing++;
        } else if (chosen != expected[i] || Float.isNaN(logits[chosen])) {
          if (closeCalls && logits[chosen] - logits[expected[i]] <= 2 * tolerance) {
            undecided++;
          } else {
            if (differing++ == 0) {
              first = "; step " + i + " is " + chosen + ", expected " + expected[i];
            }
          }
        }
        if (i + 1 < expected.length && expected[i] < logits.length) {
          model.forward(state, expected, i, i + 1, LogitsRequest.LAST, logits, Trace.NONE);
        }
      }
    }
    String detail = expected.length - differing + " of " + count(expected.length, "token") + first;
    if (undecided > 0) {
      detail += "; " + undecided + " too close to call";
    }
    return new Finding("greedy tokens", prompt.name(), differing, 0, detail);
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
