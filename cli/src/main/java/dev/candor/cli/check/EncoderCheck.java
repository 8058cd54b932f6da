package dev.candor.cli.check;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.models.EncoderInput;
import dev.candor.engine.models.EncoderModel;
import dev.candor.engine.models.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares what an encoder makes of one text with what the reference makes of it. */
final class EncoderCheck {

  private final EncoderModel model;
  private final GoldenTensors golden;
  private final float tolerance;

  EncoderCheck(EncoderModel model, GoldenTensors golden, float tolerance) {
    this.model = model;
    this.golden = golden;
    this.tolerance = tolerance;
  }

  List<Finding> check(JsonObject one) {
    String name = one.string("name");
    int[] ids = GoldenCheck.integers(one, "input_ids");
    int[] mask = GoldenCheck.integers(one, "attention_mask");
    boolean[] attended = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      attended[i] = mask[i] != 0;
    }
    EncoderInput input =
        new EncoderInput(ids, attended, GoldenCheck.integers(one, "token_type_ids"));
    LayerTrace trace = new LayerTrace();
    Encoding encoding = model.encode(input, trace);

    List<Finding> findings = new ArrayList<>();
    // The pooled vector is an output of models without a classifier only. Before a classifier it is
    // on the way: its absolute error is that of hidden states of any magnitude.
    boolean classifies = model.classes() > 0 || one.has("logits");
    String output = classifies ? "logits" : "pooled";
    float[] expected = golden.find(name + "." + output).orElseGet(() -> one.floats(output));
    findings.add(
        compare(name, output, classifies ? encoding.logits() : encoding.pooled(), expected, trace));
    if (one.has("label")) {
      int label = one.integer("label", 0, Integer.MAX_VALUE);
      findings.add(
          new Finding(
              name,
              "label",
              encoding.label() == label,
              encoding.label() + ", expected is " + label));
    }
    return findings;
  }

  private Finding compare(
      String name, String what, float[] actual, float[] expected, LayerTrace trace) {
    Difference difference = Difference.of(actual, expected);
    if (difference.within(tolerance)) {
      return new Finding(
          name, what, true, "largest difference %.2g".formatted(difference.largest()));
    }
    Optional<String> first = trace.firstDifference(golden, name, tolerance);
    return new Finding(
        name,
        what,
        false,
        "element %d differs by %.3g, allowed is %.3g%s"
            .formatted(
                difference.at(),
                difference.largest(),
                tolerance,
                first.map(words -> "; first on the way, " + words).orElse("")));
  }
}
