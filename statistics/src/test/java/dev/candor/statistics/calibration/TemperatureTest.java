package dev.candor.statistics.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemperatureTest {

  @Test
  void findsTheTemperatureThatScoresWereMultipliedBy() {
    SplittableRandom random = new SplittableRandom(5);
    int rows = 20_000;
    double[] scores = new double[rows * 2];
    int[] labels = new int[rows];
    for (int n = 0; n < rows; n++) {
      double honest = random.nextGaussian();
      labels[n] = random.nextDouble() < 1 / (1 + Math.exp(-honest)) ? 1 : 0;
      scores[2 * n + 1] = 3 * honest;
    }

    assertThat(Temperature.of(scores, labels)).isCloseTo(3, within(0.15));
  }
}
