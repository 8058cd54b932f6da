package dev.candor.training.gates;

import dev.candor.statistics.calibration.CalibrationError;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.intervals.Shares;
import dev.candor.statistics.tests.PairedTests;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** One demand on a candidate. */
public sealed interface Gate {

  /** As the gate file calls it. */
  String name();

  /** As the gate file calls its kind. */
  String kind();

  /**
   * Holds a candidate against the demand.
   *
   * @param candidate its predictions, in the order of the sealed set
   * @param incumbent those of the model that it is to replace, if there is one, in the same order
   * @param confidence of the two-sided intervals
   */
  GateResult measure(
      List<Prediction> candidate, Optional<List<Prediction>> incumbent, double confidence);

  /**
   * The share of answers that are right.
   *
   * @param minimum it must be at least this
   * @param method how its interval is computed
   * @param label only rows that expect this label; otherwise all
   */
  record Quality(String name, double minimum, Shares.Method method, Optional<String> label)
      implements Gate {

    @Override
    public String kind() {
      return "quality";
    }

    @Override
    public GateResult measure(
        List<Prediction> candidate, Optional<List<Prediction>> incumbent, double confidence) {
      List<Prediction> rows =
          candidate.stream()
              .filter(row -> label.isEmpty() || label.get().equals(row.expected()))
              .toList();
      if (rows.isEmpty()) {
        return nothing(this, minimum, "no row expects " + label.orElse("anything"));
      }
      int right = (int) rows.stream().filter(Prediction::isRight).count();
      Measured share = Shares.of(right, rows.size(), method, confidence).rounded();
      return result(
          this,
          Verdict.atLeast(minimum, share),
          rows.size(),
          share,
          minimum,
          right + " of " + rows.size() + " are right");
    }
  }

  /**
   * How much more is right than with the incumbent.
   *
   * @param margin the difference must be at least −margin
   */
  record Regression(String name, double margin) implements Gate {

    @Override
    public String kind() {
      return "regression";
    }

    @Override
    public GateResult measure(
        List<Prediction> candidate, Optional<List<Prediction>> incumbent, double confidence) {
      if (incumbent.isEmpty() || candidate.isEmpty()) {
        return nothing(this, -margin, "there are no predictions of an incumbent");
      }
      int gained = 0;
      int lost = 0;
      for (int i = 0; i < candidate.size(); i++) {
        boolean now = candidate.get(i).isRight();
        boolean before = incumbent.get().get(i).isRight();
        gained += now && !before ? 1 : 0;
        lost += before && !now ? 1 : 0;
      }
      Measured difference = Shares.difference(gained, lost, candidate.size(), confidence).rounded();
      return result(
          this,
          Verdict.atLeast(-margin, difference),
          candidate.size(),
          difference,
          -margin,
          String.format(
              Locale.ROOT,
              "%d rows gained, %d lost, McNemar p %.4f",
              gained,
              lost,
              PairedTests.mcNemar(gained, lost)));
    }
  }

  /**
   * The expected calibration error.
   *
   * @param maximum it must be at most this
   * @param bins of equal mass; ten rows each are the least
   * @param resamples of the bootstrap
   * @param seed of the bootstrap
   */
  record Calibration(String name, double maximum, int bins, int resamples, long seed)
      implements Gate {

    private static final int LEAST_ROWS_OF_BIN = 10;

    @Override
    public String kind() {
      return "calibration";
    }

    @Override
    public GateResult measure(
        List<Prediction> candidate, Optional<List<Prediction>> incumbent, double confidence) {
      long without = candidate.stream().filter(row -> row.probability().isEmpty()).count();
      if (without > 0) {
        return nothing(this, maximum, without + " rows have no probability");
      }
      int least = bins * LEAST_ROWS_OF_BIN;
      if (candidate.size() < least) {
        return nothing(this, maximum, candidate.size() + " rows, " + bins + " bins need " + least);
      }
      double[] probability =
          candidate.stream().mapToDouble(row -> row.probability().orElseThrow()).toArray();
      boolean[] right = new boolean[probability.length];
      for (int i = 0; i < right.length; i++) {
        right[i] = candidate.get(i).isRight();
      }
      Measured error =
          CalibrationError.equalMass(
                  probability, right, bins, new Bootstrap(resamples, seed, confidence))
              .rounded();
      return result(
          this,
          Verdict.atMost(maximum, error),
          right.length,
          error,
          maximum,
          "expected calibration error, " + bins + " bins of equal mass");
    }
  }

  /**
   * The Brier score.
   *
   * @param maximum it must be at most this
   * @param resamples of the bootstrap
   * @param seed of the bootstrap
   */
  record Brier(String name, double maximum, int resamples, long seed) implements Gate {

    /** With fewer rows the bootstrap's bounds are too narrow to rely on. */
    private static final int LEAST_ROWS = 30;

    @Override
    public String kind() {
      return "brier";
    }

    @Override
    public GateResult measure(
        List<Prediction> candidate, Optional<List<Prediction>> incumbent, double confidence) {
      List<OptionalDouble> scores = candidate.stream().map(Prediction::brier).toList();
      long without = scores.stream().filter(OptionalDouble::isEmpty).count();
      if (without > 0) {
        return nothing(this, maximum, without + " rows have no probability");
      }
      long ofLabels = candidate.stream().filter(row -> !row.probabilities().isEmpty()).count();
      if (ofLabels > 0 && ofLabels < candidate.size()) {
        return nothing(this, maximum, "some rows have the probabilities of all labels, some not");
      }
      if (candidate.size() < LEAST_ROWS) {
        return nothing(this, maximum, candidate.size() + " rows, " + LEAST_ROWS + " are needed");
      }
      double[] values = scores.stream().mapToDouble(OptionalDouble::orElseThrow).toArray();
      Measured mean = new Bootstrap(resamples, seed, confidence).mean(values).rounded();
      return result(
          this,
          Verdict.atMost(maximum, mean),
          values.length,
          mean,
          maximum,
          ofLabels > 0 ? "Brier score of all labels" : "Brier score of the answer");
    }
  }

  private static GateResult nothing(Gate gate, double limit, String reason) {
    return new GateResult(
        gate.name(), gate.kind(), Verdict.INSUFFICIENT_DATA, 0, Optional.empty(), limit, reason);
  }

  private static GateResult result(
      Gate gate, Verdict verdict, int rows, Measured measured, double limit, String reason) {
    return new GateResult(
        gate.name(), gate.kind(), verdict, rows, Optional.of(measured), limit, reason);
  }
}
