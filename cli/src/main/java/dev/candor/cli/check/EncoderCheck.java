package dev.candor.cli.check;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.models.EncoderInput;
import dev.candor.engine.models.EncoderModel;
import dev.candor.engine.models.Encoding;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares an encoder with a reference: the logits of every case within {@code tolerance_hint}, and
 * the same label. The pooled vector may differ by the rounding of the hidden states it is made of
 * besides: MobileBERT does not normalise them, and they reach thousands.
 */
final class EncoderCheck {

  /** Two units in the last place of float32, of the largest hidden state. */
  private static final double POOLED_ROUNDING = 0x1p-22;

  private final EncoderModel model;
  private final GoldenTensors tensors;
  private final List<JsonObject> cases;
  private final double tolerance;

  EncoderCheck(EncoderModel model, JsonObject golden, GoldenTensors tensors) {
    this.model = model;
    this.tensors = tensors;
    this.cases = GoldenPrompt.required(golden, "cases");
    this.tolerance = golden.number("tolerance_hint");
  }

  /** Compares everything. */
  List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    for (JsonObject golden : cases) {
      String name = golden.string("name");
      EncoderInput input = input(golden);
      Encoding encoding = model.encode(input, Trace.NONE);
      compare(findings, "logits", name, encoding.logits(), tolerance);
      double rounding = POOLED_ROUNDING * Difference.largestMagnitude(encoding.hidden());
      compare(findings, "pooled", name, encoding.pooled(), tolerance + rounding);
      if (golden.has("label")) {
        int label = golden.integer("label", 0, Integer.MAX_VALUE);
        findings.add(
            new Finding(
                "label",
                name,
                label == encoding.label() ? 0 : 1,
                0,
                "class " + encoding.label() + ", expected " + label));
      }
    }
    for (int i = 0; i < findings.size(); i++) {
      if (!findings.get(i).holds()) {
        findings.set(i, findings.get(i).at(firstDifference()));
        break;
      }
    }
    return findings;
  }

  /** The first traced tensor that differs from the reference's, over the cases with a trace. */
  private Optional<String> firstDifference() {
    Optional<String> nothing = Optional.empty();
    for (JsonObject golden : cases) {
      String name = golden.string("name");
      if (tensors.has(name + ".hidden.0")) {
        RecordedTrace trace = new RecordedTrace();
        model.encode(input(golden), trace);
        Optional<String> difference = trace.firstDifference(tensors, name, tolerance);
        if (difference.isPresent()) {
          return difference;
        }
        nothing =
            Optional.of(
                "after the last layer (pooler or classifier), or in what only other cases reach;"
                    + " every traced tensor holds");
      }
    }
    return nothing;
  }

  private void compare(
      List<Finding> findings, String what, String name, float[] actual, double allowed) {
    String key = name + "." + what;
    if (tensors.has(key)) {
      float[] expected = tensors.values(key);
      findings.add(
          new Finding(
              what,
              name,
              Difference.worst(expected, actual),
              allowed,
              actual.length == expected.length
                  ? actual.length + " values"
                  : "the reference has " + expected.length + ", the model " + actual.length));
    }
  }

  private static EncoderInput input(JsonObject golden) {
    int[] ids = GoldenPrompt.ids(golden, "input_ids");
    int[] mask = GoldenPrompt.ids(golden, "attention_mask");
    int[] types = GoldenPrompt.ids(golden, "token_type_ids");
    if (mask.length != ids.length || types.length != ids.length) {
      throw new ConfigException(
          "malformed",
          "golden file: input_ids, attention_mask and token_type_ids differ in length",
          "Use a golden file as the fixtures' README describes it.");
    }
    boolean[] attended = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      attended[i] = mask[i] != 0;
    }
    return new EncoderInput(ids, attended, types);
  }
}
