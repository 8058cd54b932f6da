package dev.candor.cli.check;

import dev.candor.engine.models.Trace;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps what a model shows on its way, in order, to find where it first leaves the reference. */
final class LayerTrace implements Trace {

  private final Map<String, float[]> seen = new LinkedHashMap<>();

  @Override
  public void see(String name, float[] values, int offset, int stride, int width, int tokens) {
    // A long text comes in chunks: those behind the first are appended.
    float[] before = seen.getOrDefault(name, new float[0]);
    float[] all = Arrays.copyOf(before, before.length + tokens * width);
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(values, offset + t * stride, all, before.length + t * width, width);
    }
    seen.put(name, all);
  }

  /**
   * The first of the results on the way that differs by more than the tolerance times its
   * magnitude, in words; empty if none does.
   */
  Optional<String> firstDifference(GoldenTensors golden, String prompt, float tolerance) {
    for (Map.Entry<String, float[]> result : seen.entrySet()) {
      Optional<float[]> expected = expected(golden, prompt, result.getKey());
      if (expected.isPresent()) {
        Difference difference = Difference.of(result.getValue(), expected.get());
        if (!difference.within(tolerance * Math.max(1, difference.magnitude()))) {
          return Optional.of(
              "%s differs by %.3g of %.3g"
                  .formatted(result.getKey(), difference.largest(), difference.magnitude()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * transformers gives the last hidden state only after the final norm. A golden file without
   * {@code final_norm} is of that kind.
   */
  private Optional<float[]> expected(GoldenTensors golden, String prompt, String name) {
    boolean hidesLast =
        seen.containsKey("final_norm") && golden.find(prompt + ".final_norm").isEmpty();
    String last = "hidden." + lastLayer();
    if (hidesLast && name.equals(last)) {
      return Optional.empty();
    }
    String key = hidesLast && name.equals("final_norm") ? last : name;
    return golden.find(prompt + "." + key);
  }

  private int lastLayer() {
    int last = 0;
    while (seen.containsKey("hidden." + (last + 1))) {
      last++;
    }
    return last;
  }
}
