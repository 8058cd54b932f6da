package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Split;
import dev.candor.training.runs.TrainingListener.ValidationReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The losses of a run so far: what it shows as a curve, and keeps with its checkpoints. */
public final class LossHistory {

  /** The loss of a step, and the tokens seen by its end. */
  public record StepLoss(long tokens, double loss) {}

  private final List<StepLoss> steps = new ArrayList<>();
  private final List<ValidationReport> validations = new ArrayList<>();

  public List<StepLoss> steps() {
    return Collections.unmodifiableList(steps);
  }

  public List<ValidationReport> validations() {
    return Collections.unmodifiableList(validations);
  }

  void add(StepLoss step) {
    steps.add(step);
  }

  void add(ValidationReport report) {
    validations.add(report);
  }

  /** As a JSON document has it. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("stepTokens", steps.stream().map(StepLoss::tokens).toList());
    members.put("stepLosses", steps.stream().map(StepLoss::loss).toList());
    members.put("validations", validations.stream().map(LossHistory::members).toList());
    return members;
  }

  static Map<String, Object> members(ValidationReport report) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("step", report.step());
    members.put("tokens", report.tokens());
    members.put("scores", report.scores().stream().map(LossHistory::members).toList());
    return members;
  }

  private static Map<String, Object> members(LessonScore score) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("lesson", score.lesson());
    members.put("split", score.split().name());
    members.put("exercises", score.exercises());
    members.put("targets", score.targets());
    members.put("loss", score.loss());
    members.put("leastTokenAccuracy", score.leastTokenAccuracy());
    members.put("leastExactMatch", score.leastExactMatch());
    return members;
  }

  static LossHistory of(JsonObject json) {
    LossHistory history = new LossHistory();
    List<Object> tokens = json.list("stepTokens").orElse(List.of());
    List<Object> losses = json.list("stepLosses").orElse(List.of());
    if (tokens.size() != losses.size()) {
      throw new TrainingException(
          "checkpoint-damaged",
          "the history has " + tokens.size() + " steps and " + losses.size() + " losses",
          "Use an earlier checkpoint.");
    }
    for (int i = 0; i < tokens.size(); i++) {
      history.add(
          new StepLoss(
              ((Number) tokens.get(i)).longValue(), ((Number) losses.get(i)).doubleValue()));
    }
    for (Object validation : json.list("validations").orElse(List.of())) {
      history.add(validation((JsonObject) validation));
    }
    return history;
  }

  private static ValidationReport validation(JsonObject json) {
    List<LessonScore> scores = new ArrayList<>();
    for (Object element : json.list("scores").orElse(List.of())) {
      JsonObject score = (JsonObject) element;
      scores.add(
          new LessonScore(
              score.string("lesson"),
              Split.valueOf(score.string("split")),
              score.integer("exercises", 0, Integer.MAX_VALUE),
              score.integer("targets", 0, Integer.MAX_VALUE),
              score.number("loss"),
              score.number("leastTokenAccuracy"),
              score.number("leastExactMatch")));
    }
    return new ValidationReport(
        json.optionalInteger("step").orElse(0), json.optionalInteger("tokens").orElse(0), scores);
  }
}
