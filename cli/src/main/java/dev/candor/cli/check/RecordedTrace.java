package dev.candor.cli.check;

import dev.candor.engine.models.Trace;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Keeps everything that a model shows on its way, in the order it shows it first. */
final class RecordedTrace implements Trace {

  private final Map<String, float[]> tensors = new LinkedHashMap<>();

  @Override
  public void see(String name, float[] values, int offset, int stride, int width, int tokens) {
    float[] earlier = tensors.getOrDefault(name, new float[0]);
    float[] all = Arrays.copyOf(earlier, earlier.length + tokens * width);
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(values, offset + t * stride, all, earlier.length + t * width, width);
    }
    tensors.put(name, all);
  }

  /** The tensors that the model showed, [tokens, width] each. */
  Map<String, float[]> tensors() {
    return tensors;
  }

  /**
   * Compares with the reference, in the order of the computation.
   *
   * @param golden the reference's tensors
   * @param prompt whose tensors to compare
   * @param tolerance for values up to 1; in proportion for larger ones
   * @return a sentence that names the first tensor beyond the tolerance; empty if there is none
   */
  Optional<String> firstDifference(GoldenTensors golden, String prompt, double tolerance) {
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      String name = prompt + "." + nameInReference(golden, prompt, tensor.getKey());
      if (!golden.has(name)) {
        continue;
      }
      float[] expected = golden.values(name);
      double worst = Difference.worst(expected, tensor.getValue());
      double allowed = tolerance * Math.max(1, Difference.largestMagnitude(expected));
      if (!(worst <= allowed)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%s (%s, prompt %s): worst %.2e, tolerance %.2e",
                place(tensor.getKey()),
                tensor.getKey(),
                prompt,
                worst,
                allowed));
      }
    }
    return Optional.empty();
  }

  /** The names that the reference has of this prompt and the model did not show. */
  List<String> missing(GoldenTensors golden, String prompt) {
    return golden.names().stream()
        .filter(name -> name.startsWith(prompt + "."))
        .map(name -> name.substring(prompt.length() + 1))
        .filter(name -> !name.equals("logits") && !name.equals("pooled"))
        .filter(name -> !tensors.containsKey(name))
        .toList();
  }

  /**
   * transformers shows the last hidden state after the final norm only, and calls it {@code
   * hidden.N}. A reference without {@code final_norm} is of that kind: our {@code hidden.N}, before
   * the norm, has no counterpart there.
   */
  private String nameInReference(GoldenTensors golden, String prompt, String name) {
    if (!tensors.containsKey("final_norm") || golden.has(prompt + ".final_norm")) {
      return name;
    }
    int last = 0;
    while (tensors.containsKey("hidden." + (last + 1))) {
      last++;
    }
    if (name.equals("final_norm")) {
      return "hidden." + last;
    }
    return name.equals("hidden." + last) ? "hidden.before-norm" : name;
  }

  /** Where in the model a traced tensor arises: {@code hidden.i+1} is the stream after layer i. */
  private static String place(String name) {
    OptionalInt index = index(name);
    if (index.isEmpty()) {
      return switch (name) {
        case "memory" -> "the gated memory";
        case "shared.k", "shared.v" -> "the shared keys and values";
        case "final_norm" -> "the final norm";
        default -> name;
      };
    }
    if (name.startsWith("hidden.")) {
      return index.getAsInt() == 0 ? "the embedding" : "layer " + (index.getAsInt() - 1);
    }
    return "layer " + index.getAsInt();
  }

  private static OptionalInt index(String name) {
    String digits = name.substring(name.lastIndexOf('.') + 1);
    return digits.matches("[0-9]{1,6}")
        ? OptionalInt.of(Integer.parseInt(digits))
        : OptionalInt.empty();
  }
}
