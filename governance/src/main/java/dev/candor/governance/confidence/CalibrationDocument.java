package dev.candor.governance.confidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A calibration as a document of evidence: JSON of format 1, which docs/reference/explanations.md
 * describes. It holds no text and no label of a single case.
 */
public final class CalibrationDocument {

  private static final String NAME = "candor calibration";
  private static final int FORMAT = 1;

  private CalibrationDocument() {}

  /** Its bytes. */
  public static byte[] bytes(Calibration calibration) {
    return JsonMapper.shared().writeValueAsBytes(members(calibration));
  }

  /** Its members, in their order. */
  public static Map<String, Object> members(Calibration it) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("document", NAME);
    members.put("format", FORMAT);
    members.put("labels", it.labels());
    members.put("question", it.question());
    members.put("texts", it.texts());
    members.put("checked", it.checked());
    members.put("accuracy", it.accuracy());
    members.put("temperature", it.temperature());
    members.put("before", errors(it.before()));
    members.put("after", errors(it.after()));
    members.put("alpha", it.alpha());
    members.put("quantile", number(it.quantile()));
    Map<String, Object> quantiles = new LinkedHashMap<>();
    it.quantiles().forEach((group, quantile) -> quantiles.put(group, number(quantile)));
    members.put("quantiles", quantiles);
    members.put("coverage", it.coverage());
    members.put("referred", it.referred());
    members.put("leastReferred", it.leastReferred());
    members.put("mostError", it.mostError());
    members.put("verdict", it.verdict().key());
    return members;
  }

  private static Map<String, Object> errors(CalibrationErrors errors) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("equalWidth", errors.equalWidth());
    members.put("equalMass", errors.equalMass());
    members.put("brier", errors.brier());
    return members;
  }

  /** JSON has no infinity. */
  private static Object number(double value) {
    return Double.isInfinite(value) ? "infinite" : value;
  }

  /**
   * Whether a document of evidence is one of these at all: others may calibrate in their own way.
   */
  static boolean isOne(byte[] document) {
    try {
      JsonNode json = JsonMapper.shared().readTree(document);
      return json != null && json.path("document").asString("").equals(NAME);
    } catch (JacksonException e) {
      return false;
    }
  }

  /**
   * Reads one.
   *
   * @throws GovernanceException {@code governance.calibration-malformed}
   */
  public static Calibration read(byte[] document) {
    try {
      JsonNode json = JsonMapper.shared().readTree(document);
      if (json.path("format").asInt() != FORMAT) {
        throw malformed("its format is " + json.path("format") + ", not " + FORMAT);
      }
      List<String> labels = new ArrayList<>();
      json.path("labels").forEach(label -> labels.add(label.asString()));
      SortedMap<String, Double> quantiles = new TreeMap<>();
      json.path("quantiles")
          .properties()
          .forEach(member -> quantiles.put(member.getKey(), number(member.getValue())));
      return new Calibration(
          labels,
          json.path("question").asString(),
          json.path("texts").asInt(),
          json.path("checked").asInt(),
          json.path("accuracy").asDouble(),
          json.path("temperature").asDouble(),
          errors(json.path("before")),
          errors(json.path("after")),
          json.path("alpha").asDouble(),
          number(json.path("quantile")),
          quantiles,
          json.path("coverage").asDouble(),
          json.path("referred").asDouble(),
          json.path("leastReferred").asDouble(),
          json.path("mostError").asDouble(),
          Verdict.of(json.path("verdict").asString()));
    } catch (JacksonException e) {
      throw malformed(e.getClass().getSimpleName());
    }
  }

  private static CalibrationErrors errors(JsonNode json) {
    return new CalibrationErrors(
        json.path("equalWidth").asDouble(),
        json.path("equalMass").asDouble(),
        json.path("brier").asDouble());
  }

  private static double number(JsonNode json) {
    return json.isString() ? Double.POSITIVE_INFINITY : json.asDouble();
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "calibration-malformed",
        "a calibration cannot be read: " + why,
        "Calibrate again: candor calibrate.");
  }
}
