package dev.candor.training.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.training.TrainingException;
import dev.candor.training.adapters.HeadTraining.Features;
import dev.candor.training.adapters.HeadTraining.Head;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Logistic regression, against what its minimum must fulfil. */
class HeadTrainingTest {

  private static final HeadTraining.Listener SILENT = (penalty, loss) -> {};

  /** Three overlapping clouds; labels of a share are drawn anew, so that nothing is certain. */
  private static Features clouds(int rows, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int width = 5;
    float[] hidden = new float[rows * width];
    int[] labels = new int[rows];
    for (int n = 0; n < rows; n++) {
      int label = random.nextInt(3);
      for (int j = 0; j < width; j++) {
        double centre = j == label ? 2 : 0;
        hidden[n * width + j] = (float) (100 * j + (1 + j) * (centre + random.nextGaussian()));
      }
      labels[n] = random.nextDouble() < noise ? random.nextInt(3) : label;
    }
    return new Features(hidden, width, labels, 3);
  }

  @Test
  void findsTheMinimum() {
    LogisticRegression.Rows rows =
        new LogisticRegression.Rows(
            new double[] {0.5, 1, -1, 0.25, 2, -0.5, 0, 1.5, -1.5, -1, 1, 1},
            2,
            new int[] {0, 1, 2, 0, 1, 2},
            3);
    double penalty = 0.05;

    double[] found = LogisticRegression.fit(rows, penalty, new double[9]);

    // The gradient, by central differences of the function itself, is 0 at a minimum.
    double value = objective(rows, penalty, found);
    for (int i = 0; i < found.length; i++) {
      double[] up = found.clone();
      double[] down = found.clone();
      up[i] += 1e-4;
      down[i] -= 1e-4;
      double slope = (objective(rows, penalty, up) - objective(rows, penalty, down)) / 2e-4;
      assertThat(slope).as("parameter %d", i).isCloseTo(0, within(1e-5));
      assertThat(objective(rows, penalty, up)).isGreaterThan(value);
      assertThat(objective(rows, penalty, down)).isGreaterThanOrEqualTo(value);
    }
  }

  private static double objective(LogisticRegression.Rows rows, double penalty, double[] at) {
    double squares = 0;
    for (int i = 0; i < rows.classes() * rows.width(); i++) {
      squares += at[i] * at[i];
    }
    return LogisticRegression.loss(rows, at) + penalty / 2 * squares;
  }

  @Test
  void tellsCloudsApartOnTheScaleOfTheFeatures() {
    Features training = clouds(600, 0, 1);
    Features validation = clouds(300, 0, 2);

    Head head = HeadTraining.train(training, validation, List.of(0.001, 0.01, 0.1, 1.0), SILENT);

    assertThat(head.validation().right()).isGreaterThan(240);
    // The folded weights give the same answers on the features as they came.
    int right = 0;
    for (int n = 0; n < validation.rows(); n++) {
      int best = 0;
      double[] scores = new double[3];
      for (int k = 0; k < 3; k++) {
        scores[k] = head.bias()[k];
        for (int j = 0; j < 5; j++) {
          scores[k] += (double) head.weight()[k * 5 + j] * validation.hidden()[n * 5 + j];
        }
        best = scores[k] > scores[best] ? k : best;
      }
      right += best == validation.labels()[n] ? 1 : 0;
    }
    assertThat(right).isEqualTo(head.validation().right());
  }

  @Test
  void choosesThePenaltyThatTheValidationRowsWant() {
    Features few = clouds(12, 0.3, 3);
    Features many = clouds(400, 0.3, 4);
    double[] losses = new double[2];

    Head head =
        HeadTraining.train(
            few,
            many,
            List.of(1e-6, 0.1),
            (penalty, loss) -> losses[penalty < 0.01 ? 0 : 1] = loss);

    assertThat(losses[1]).isLessThan(losses[0]);
    assertThat(head.penalty()).isEqualTo(0.1);
  }

  /** Twelve rows are learnt by heart: the head is too sure, and the temperature says so. */
  @Test
  void calibratesByTheValidationRows() {
    Head head = HeadTraining.train(clouds(12, 0.3, 3), clouds(400, 0.3, 4), List.of(1e-6), SILENT);

    assertThat(head.temperature()).isGreaterThan(2);
    assertThat(head.validation().loss()).isLessThan(0.7 * head.uncalibratedLoss());
  }

  @Test
  void refusesToChooseByNothing() {
    Features none = new Features(new float[0], 5, new int[0], 3);

    assertThatThrownBy(() -> HeadTraining.train(clouds(30, 0, 1), none, List.of(0.1, 1.0), SILENT))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training.no-validation"));
    Head head = HeadTraining.train(clouds(30, 0, 1), none, List.of(0.1), SILENT);
    assertThat(head.temperature()).isEqualTo(1);
    assertThat(head.validation().rows()).isZero();
  }
}
