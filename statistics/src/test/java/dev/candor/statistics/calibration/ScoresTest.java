package dev.candor.statistics.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.statistics.StatisticsException;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against scikit-learn 1.7. */
class ScoresTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  private static final double[] PROBABILITIES = {.7, .2, .1, .1, .3, .6, .25, .5, .25};

  @Test
  void brier() {
    boolean[] happened = {true, false, true, false};
    assertThat(Scores.brier(new double[] {.9, .2, .6, .7}, happened)).isCloseTo(.175, CLOSE);
    assertThat(Scores.brier(PROBABILITIES, new int[] {0, 2, 1}))
        .isCloseTo(.25833333333333336, CLOSE);
  }

  @Test
  void logLoss() {
    assertThat(Scores.logLoss(PROBABILITIES, new int[] {0, 2, 1}).value())
        .isCloseTo(.5202159160882228, CLOSE);
    assertThat(Scores.logLoss(new double[] {1, 0}, new int[] {1}).value()).isInfinite();
    assertThatThrownBy(() -> Scores.logLoss(new double[] {.9, .2}, new int[] {1}))
        .isInstanceOfSatisfying(
            StatisticsException.class,
            e -> assertThat(e).hasMessageContaining("the sum of probabilities[0] is 1.1"));
  }

  /**
   * An edge belongs to the bin below it: 0.7 to the seventh of ten, whatever doubles make of it.
   */
  @Test
  void binsOfTheDiagram() {
    for (int tenth = 1; tenth <= 10; tenth++) {
      List<Reliability.Bin> bins =
          Reliability.of(new double[] {tenth / 10.0}, new boolean[] {true}, 10);
      assertThat(bins).hasSize(10);
      assertThat(bins.get(tenth - 1).rows()).as("%d tenths", tenth).isEqualTo(1);
      assertThat(bins.get(tenth - 1).upper()).isEqualTo(tenth / 10.0);
    }
    Reliability.Bin first =
        Reliability.of(new double[] {0, .1, .05}, new boolean[] {true, false, false}, 10)
            .getFirst();
    assertThat(first.rows()).isEqualTo(3);
    assertThat(first.meanProbability()).isCloseTo(.05, CLOSE);
    assertThat(first.shareRight()).isCloseTo(1 / 3.0, CLOSE);
  }
}
