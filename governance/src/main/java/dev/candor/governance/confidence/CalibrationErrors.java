package dev.candor.governance.confidence;

import dev.candor.statistics.calibration.CalibrationError;
import dev.candor.statistics.calibration.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far probabilities are from how often they come true.
 *
 * @param equalWidth expected calibration error, 15 bins of equal width
 * @param equalMass the same, 15 bins of equal mass
 * @param brier score of all labels, 0 to 2
 */
public record CalibrationErrors(double equalWidth, double equalMass, double brier) {

  /** As in Guo et al., arXiv 1706.04599. */
  static final int BINS = 15;

  /** Of rows whose probabilities were scaled with a temperature. */
  static CalibrationErrors of(List<LabelledRow> rows, double temperature) {
    double[][] each =
        rows.stream()
            .map(row -> ScaledProbabilities.of(row.logProbabilities(), temperature))
            .toArray(double[][]::new);
    double[] most = new double[each.length];
    boolean[] right = new boolean[each.length];
    for (int i = 0; i < each.length; i++) {
      int best = ScaledProbabilities.best(each[i]);
      most[i] = each[i][best];
      right[i] = best == rows.get(i).label();
    }
    double[] flat =
        IntStream.range(0, each.length)
            .boxed()
            .flatMapToDouble(i -> Arrays.stream(each[i]))
            .toArray();
    int[] labels = rows.stream().mapToInt(LabelledRow::label).toArray();
    return new CalibrationErrors(
        CalibrationError.equalWidth(most, right, BINS),
        CalibrationError.equalMass(most, right, Math.min(BINS, most.length)),
        Scores.brier(flat, labels));
  }
}
