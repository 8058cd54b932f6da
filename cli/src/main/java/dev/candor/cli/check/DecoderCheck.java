package dev.candor.cli.check;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares a decoder's answers to one prompt with those of the reference. */
final class DecoderCheck {

  private final CausalModel model;
  private final GoldenTensors golden;
  private final float tolerance;
  private final int vocabulary;

  DecoderCheck(CausalModel model, GoldenTensors golden, float tolerance) {
    this.model = model;
    this.golden = golden;
    this.tolerance = tolerance;
    this.vocabulary = model.vocabularySize();
  }

  List<Finding> check(String prompt, int[] ids, int[] greedy) {
    float[] logits = new float[Math.multiplyExact(ids.length, vocabulary)];
    LayerTrace trace = new LayerTrace();
    boolean traced = golden.find(prompt + ".hidden.0").isPresent();
    try (SequenceState state = state(ids.length)) {
      model.forward(
          state, ids, 0, ids.length, LogitsRequest.ALL, logits, traced ? trace : Trace.NONE);
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(logits(prompt, ids, logits, trace));
    findings.add(decode(prompt, ids, logits));
    findings.add(greedy(prompt, ids, greedy));
    return findings;
  }

  private SequenceState state(int capacity) {
    return model.newState(Math.min(capacity, model.contextLength()), BlockFormat.F32);
  }

  private Finding logits(String prompt, int[] ids, float[] logits, LayerTrace trace) {
    Optional<float[]> expected = golden.find(prompt + ".logits");
    if (expected.isEmpty()) {
      return new Finding(prompt, "logits", false, "golden.safetensors has none for this prompt");
    }
    Difference difference = Difference.of(logits, expected.get());
    if (difference.within(tolerance)) {
      return new Finding(
          prompt,
          "logits",
          true,
          "%d positions, largest difference %.2g".formatted(ids.length, difference.largest()));
    }
    String where =
        trace
            .firstDifference(golden, prompt, tolerance)
            .map(first -> "; first on the way, " + first)
            .orElse("");
    return new Finding(
        prompt,
        "logits",
        false,
        "position %d differs by %.3g, allowed is %.3g%s"
            .formatted(difference.at() / vocabulary, difference.largest(), tolerance, where));
  }

  /** One token at a time must give the bits of the whole prompt at once. */
  private Finding decode(String prompt, int[] ids, float[] prefill) {
    float[] logits = new float[vocabulary];
    try (SequenceState state = state(ids.length)) {
      for (int i = 0; i < ids.length; i++) {
        model.forward(state, ids, i, i + 1, LogitsRequest.LAST, logits, Trace.NONE);
        if (!sameBits(logits, prefill, i) && !sameBits(logits, prefix(ids, i + 1), 0)) {
          return new Finding(
              prompt,
              "decode",
              false,
              "position %d differs from the prefill by %.3g"
                  .formatted(
                      i, Difference.of(logits, 0, prefill, i * vocabulary, vocabulary).largest()));
        }
      }
    }
    return new Finding(prompt, "decode", true, "the bits of the prefill");
  }

  /**
   * Logits behind a shorter prompt. With LongRoPE those at a position within a longer prompt are
   * others: they know its length.
   */
  private float[] prefix(int[] ids, int length) {
    float[] logits = new float[vocabulary];
    try (SequenceState state = state(length)) {
      model.forward(state, ids, 0, length, LogitsRequest.LAST, logits, Trace.NONE);
    }
    return logits;
  }

  private boolean sameBits(float[] logits, float[] rows, int row) {
    return Arrays.equals(logits, 0, vocabulary, rows, row * vocabulary, (row + 1) * vocabulary);
  }

  private Finding greedy(String prompt, int[] ids, int[] expected) {
    float[] logits = new float[vocabulary];
    int[] next = new int[1];
    try (SequenceState state = state(ids.length + expected.length)) {
      model.forward(state, ids, 0, ids.length, LogitsRequest.LAST, logits, Trace.NONE);
      for (int i = 0; i < expected.length; i++) {
        next[0] = largest(logits);
        if (next[0] != expected[i]) {
          return new Finding(
              prompt,
              "greedy",
              false,
              "token %d is %d instead of %d, ahead by %.3g"
                  .formatted(i, next[0], expected[i], lead(logits, next[0], expected[i])));
        }
        if (i + 1 < expected.length) {
          model.forward(state, next, 0, 1, LogitsRequest.LAST, logits, Trace.NONE);
        }
      }
    }
    return new Finding(prompt, "greedy", true, expected.length + " tokens");
  }

  private float lead(float[] logits, int chosen, int expected) {
    return expected >= 0 && expected < vocabulary
        ? logits[chosen] - logits[expected]
        : Float.POSITIVE_INFINITY;
  }

  private static int largest(float[] logits) {
    int largest = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[largest]) {
        largest = i;
      }
    }
    return largest;
  }
}
