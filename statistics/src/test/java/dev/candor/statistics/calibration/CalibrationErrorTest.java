package dev.candor.statistics.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Measured;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalibrationErrorTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  /** Against NumPy: the sum of |sum of right − p| over {@code array_split} of the sorted rows. */
  @ParameterizedTest
  @CsvSource({"10,0.15", "7,0.1432"})
  void errorIsThatOfNumpy(int bins, double expected) {
    int rows = 50;
    double[] probability = new double[rows];
    boolean[] right = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      probability[i] = (i * 37 % rows + 0.5) / rows;
      right[i] = i * 29 % rows < i * 37 % rows + 5;
    }
    Measured error =
        CalibrationError.equalMass(probability, right, bins, new Bootstrap(500, 1, 0.95));
    assertThat(error.estimate()).isCloseTo(expected, CLOSE);
    assertThat(error.lower()).isBetween(0.0, error.estimate());
    assertThat(error.upper()).isBetween(error.lower(), 1.0);
    assertThat(CalibrationError.equalMass(probability, right, bins, new Bootstrap(500, 1, 0.95)))
        .isEqualTo(error);
    assertThat(CalibrationError.equalMass(probability, right, bins, new Bootstrap(500, 2, 0.95)))
        .isNotEqualTo(error);
  }

  @Test
  void certaintyThatIsRightHasNoError() {
    double[] probability = new double[100];
    boolean[] right = new boolean[100];
    Arrays.fill(probability, 1);
    Arrays.fill(right, true);
    assertThat(CalibrationError.equalMass(probability, right, 10, new Bootstrap(500, 1, 0.95)))
        .isEqualTo(new Measured(0, 0, 0));
    Arrays.fill(right, false);
    assertThat(CalibrationError.equalMass(probability, right, 10, new Bootstrap(500, 1, 0.95)))
        .isEqualTo(new Measured(1, 1, 1));
  }

  /** Of models whose probabilities are too high by a known amount, over a hundred sets of rows. */
  @ParameterizedTest
  @CsvSource({"0.1,80", "0.2,80"})
  void boundsHoldTheTrueErrorMostly(double tooHigh, int least) {
    SplittableRandom random = new SplittableRandom(11);
    int inside = 0;
    for (int set = 0; set < 100; set++) {
      double[] probability = new double[500];
      boolean[] right = new boolean[500];
      for (int i = 0; i < 500; i++) {
        probability[i] = 0.4 + 0.6 * random.nextDouble();
        right[i] = random.nextDouble() < probability[i] - tooHigh;
      }
      Measured error =
          CalibrationError.equalMass(probability, right, 10, new Bootstrap(300, set, 0.95));
      inside += error.lower() <= tooHigh && tooHigh <= error.upper() ? 1 : 0;
    }
    assertThat(inside).isBetween(least, 100);
  }

  /** For a mean of so many values, the bootstrap's bounds are about those of the normal law. */
  @Test
  void boundsOfAMean() {
    SplittableRandom random = new SplittableRandom(5);
    double[] values = random.doubles(2000).toArray();
    Measured mean = new Bootstrap(4000, 1, 0.95).mean(values);
    double deviation = 1.96 / Math.sqrt(12.0 * 2000);
    assertThat(mean.estimate()).isCloseTo(0.5, Offset.offset(0.02));
    assertThat(mean.lower()).isCloseTo(mean.estimate() - deviation, Offset.offset(0.0015));
    assertThat(mean.upper()).isCloseTo(mean.estimate() + deviation, Offset.offset(0.0015));
  }

  /** Two rows of ten in each bin: gaps of 0.05, 0.35, 0.25, 0.65 and 0.05. */
  @Test
  void binsOfEqualWidth() {
    double[] probability = {.95, .85, .75, .65, .55, .95, .85, .75, .65, .55};
    boolean[] right = {true, true, true, false, true, true, false, true, false, false};
    assertThat(CalibrationError.equalWidth(probability, right, 10)).isCloseTo(0.27, CLOSE);
    assertThat(CalibrationError.largest(probability, right, 10)).isCloseTo(0.65, CLOSE);
  }
}
