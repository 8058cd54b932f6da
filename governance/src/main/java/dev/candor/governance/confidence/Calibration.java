package dev.candor.governance.confidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.Verdict;
import dev.candor.statistics.calibration.Temperature;
import dev.candor.statistics.conformal.SplitConformal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What was found out about the probabilities that a model gives for one question, on texts whose
 * labels are known. The texts are divided at random into three parts of the same size: the first
 * gives the temperature, the second the quantiles, the third shows how well both do on texts that
 * neither has seen.
 *
 * @param labels to choose from, in their order
 * @param question SHA-256 of the prompt around the text: another wording is another question
 * @param texts how many there are in all
 * @param checked how many of them are in the third part
 * @param accuracy share of these that the model gets right
 * @param temperature that probabilities are scaled with
 * @param before errors of the third part without scaling
 * @param after errors of the third part with it
 * @param alpha how often the set of labels may miss the right one
 * @param quantile of 1 − p over all groups; infinite if there are too few texts
 * @param quantiles of each group's own texts
 * @param coverage share of the third part whose right label is in its set
 * @param referred share of the third part that goes to a person: its set has not one label
 * @param leastReferred share that any method without assumptions must refer, by the accuracy
 * @param mostError limit of the calibration error (equal mass, after) that the verdict goes by
 * @param verdict what it comes to
 */
public record Calibration(
    List<String> labels,
    String question,
    int texts,
    int checked,
    double accuracy,
    double temperature,
    CalibrationErrors before,
    CalibrationErrors after,
    double alpha,
    double quantile,
    SortedMap<String, Double> quantiles,
    double coverage,
    double referred,
    double leastReferred,
    double mostError,
    Verdict verdict) {

  /** With fewer texts nothing is said. */
  static final int FEWEST_TEXTS = 60;

  /** With fewer texts in the third part the verdict is that there are too few. */
  static final int FEWEST_CHECKED = 100;

  public Calibration {
    labels = List.copyOf(labels);
    quantiles = new TreeMap<>(quantiles);
  }

  /**
   * What is asked of a calibration.
   *
   * @param alpha how often sets may miss, more than 0 and less than 1
   * @param mostError limit of the calibration error, firm policy
   * @param seed of the division into parts
   */
  public record Plan(double alpha, double mostError, long seed) {
    public Plan {
      if (!(alpha > 0 && alpha < 1) || !(mostError > 0 && mostError < 1)) {
        throw new GovernanceException(
            "calibration-plan",
            "alpha is " + alpha + " and the most error " + mostError + ", allowed is 0 to 1",
            "Give shares such as 0.1.");
      }
    }
  }

  /**
   * Calibrates.
   *
   * @throws GovernanceException {@code governance.calibration-texts} if there are fewer than
   *     {@value #FEWEST_TEXTS}
   */
  public static Calibration of(
      List<String> labels, String question, List<LabelledRow> rows, Plan plan) {
    if (rows.size() < FEWEST_TEXTS) {
      throw new GovernanceException(
          "calibration-texts",
          "there are " + rows.size() + " texts, needed are " + FEWEST_TEXTS + " or more",
          "Give more texts whose labels are known.");
    }
    List<LabelledRow> drawn = drawn(rows, plan.seed());
    int third = rows.size() / 3;
    List<LabelledRow> fit = drawn.subList(0, third);
    List<LabelledRow> conform = drawn.subList(third, 2 * third);
    List<LabelledRow> check = drawn.subList(2 * third, drawn.size());
    double temperature = temperature(labels.size(), fit);
    double[] scores = scores(conform, temperature);
    double quantile = SplitConformal.quantile(scores, plan.alpha());
    SortedMap<String, Double> quantiles = groupQuantiles(conform, scores, plan.alpha());
    int right = 0;
    int covered = 0;
    int referred = 0;
    for (LabelledRow row : check) {
      double[] scaled = ScaledProbabilities.of(row.logProbabilities(), temperature);
      double own = row.group().map(group -> known(quantiles, group)).orElse(quantile);
      List<Integer> set = SplitConformal.set(scaled, own);
      right += ScaledProbabilities.best(scaled) == row.label() ? 1 : 0;
      covered += set.contains(row.label()) ? 1 : 0;
      referred += set.size() == 1 ? 0 : 1;
    }
    double accuracy = right / (double) check.size();
    CalibrationErrors after = CalibrationErrors.of(check, temperature);
    boolean tooFew =
        check.size() < FEWEST_CHECKED
            || Double.isInfinite(quantile)
            || quantiles.values().stream().anyMatch(it -> Double.isInfinite(it));
    return new Calibration(
        labels,
        question,
        rows.size(),
        check.size(),
        accuracy,
        temperature,
        CalibrationErrors.of(check, 1),
        after,
        plan.alpha(),
        quantile,
        quantiles,
        covered / (double) check.size(),
        referred / (double) check.size(),
        SplitConformal.leastAbstention(1 - accuracy, plan.alpha()),
        plan.mostError(),
        tooFew
            ? Verdict.INSUFFICIENT_DATA
            : after.equalMass() <= plan.mostError() ? Verdict.PASS : Verdict.FAIL);
  }

  /** Of a group that no calibration text belongs to, nothing is known. */
  static double known(SortedMap<String, Double> quantiles, String group) {
    return quantiles.getOrDefault(group, Double.POSITIVE_INFINITY);
  }

  private static List<LabelledRow> drawn(List<LabelledRow> rows, long seed) {
    List<LabelledRow> drawn = new ArrayList<>(rows);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = drawn.size() - 1; i > 0; i--) {
      LabelledRow other = drawn.set(random.nextInt(i + 1), drawn.get(i));
      drawn.set(i, other);
    }
    return drawn;
  }

  private static double temperature(int labels, List<LabelledRow> rows) {
    double[] scores = new double[rows.size() * labels];
    for (int i = 0; i < rows.size(); i++) {
      for (int k = 0; k < labels; k++) {
        scores[i * labels + k] = rows.get(i).logProbabilities().get(k);
      }
    }
    return Temperature.of(scores, rows.stream().mapToInt(LabelledRow::label).toArray());
  }

  /** 1 − p of the right label. */
  private static double[] scores(List<LabelledRow> rows, double temperature) {
    return rows.stream()
        .mapToDouble(
            row -> 1 - ScaledProbabilities.of(row.logProbabilities(), temperature)[row.label()])
        .toArray();
  }

  private static SortedMap<String, Double> groupQuantiles(
      List<LabelledRow> rows, double[] scores, double alpha) {
    if (rows.stream().anyMatch(row -> row.group().isEmpty())) {
      return new TreeMap<>();
    }
    List<String> groups = rows.stream().map(row -> row.group().orElseThrow()).toList();
    return SplitConformal.quantiles(scores, groups, alpha);
  }

  /**
   * What a decision's probabilities are worth.
   *
   * @param logProbabilities of the labels
   * @param group that the text belongs to; if it is not said and groups differ, the most careful
   *     one counts
   */
  public Confidence confidence(List<Double> logProbabilities, Optional<String> group) {
    double[] scaled = ScaledProbabilities.of(logProbabilities, temperature);
    double careful =
        quantiles.values().stream().mapToDouble(Double::doubleValue).max().orElse(quantile);
    double own =
        quantiles.isEmpty() ? quantile : group.map(it -> known(quantiles, it)).orElse(careful);
    List<String> set = SplitConformal.set(scaled, own).stream().map(labels::get).toList();
    return new Confidence(
        scaled[ScaledProbabilities.best(scaled)], set, alpha, group, set.size() != 1);
  }
}
