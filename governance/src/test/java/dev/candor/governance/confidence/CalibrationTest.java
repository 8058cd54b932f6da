package dev.candor.governance.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What probabilities are worth, on rows whose truth was drawn from them. */
class CalibrationTest {

  private static final List<String> LABELS = List.of("a", "b", "c");

  /**
   * Labels drawn from a distribution, and what a model says that makes the distribution steeper.
   *
   * @param steepness 1 for an honest model
   */
  private static List<LabelledRow> rows(int count, double steepness, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<LabelledRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Two groups, one of them harder.
      boolean hard = i % 2 == 0;
      double[] scores = new double[3];
      double sum = 0;
      for (int k = 0; k < 3; k++) {
        scores[k] = random.nextGaussian() * (hard ? 0.7 : 2.5);
        sum += Math.exp(scores[k]);
      }
      double drawn = random.nextDouble() * sum;
      int label = 0;
      while (label < 2 && drawn > Math.exp(scores[label])) {
        drawn -= Math.exp(scores[label++]);
      }
      double[] said = new double[3];
      double total = 0;
      for (int k = 0; k < 3; k++) {
        said[k] = Math.exp(steepness * scores[k]);
        total += said[k];
      }
      for (int k = 0; k < 3; k++) {
        said[k] /= total;
      }
      rows.add(LabelledRow.of(said, label, Optional.of(hard ? "hard" : "easy")));
    }
    return rows;
  }

  @Test
  void theTemperatureTakesBackWhatWasTooSteep() {
    Calibration calibration =
        Calibration.of(LABELS, "q", rows(9_000, 2.5, 1), new Calibration.Plan(0.1, 0.05, 3));
    assertThat(calibration.temperature()).isCloseTo(2.5, within(0.2));
    assertThat(calibration.before().equalMass()).isGreaterThan(0.1);
    assertThat(calibration.after().equalMass()).isLessThan(0.04);
    assertThat(calibration.after().brier()).isLessThan(calibration.before().brier());
    assertThat(calibration.verdict()).isEqualTo(Verdict.PASS);
  }

  /** In each group, not on average alone: the promise within three standard deviations. */
  @Test
  void setsHoldTheRightLabelInEachGroup() {
    List<LabelledRow> seen = rows(6_000, 1, 5);
    for (double alpha : new double[] {0.05, 0.1, 0.3}) {
      Calibration calibration =
          Calibration.of(LABELS, "q", seen, new Calibration.Plan(alpha, 0.1, 1));
      assertThat(calibration.coverage()).isGreaterThan(1 - alpha - 0.03);
      for (String group : List.of("hard", "easy")) {
        int held = 0;
        int all = 0;
        for (LabelledRow row : rows(6_000, 1, 6)) {
          if (row.group().equals(Optional.of(group))) {
            all++;
            Confidence confidence = calibration.confidence(row.logProbabilities(), row.group());
            held += confidence.set().contains(LABELS.get(row.label())) ? 1 : 0;
            assertThat(confidence.refer()).isEqualTo(confidence.set().size() != 1);
          }
        }
        double spread = Math.sqrt(alpha * (1 - alpha) * (1.0 / all + 1.0 / 1_000));
        assertThat(held / (double) all).isCloseTo(1 - alpha, within(3.5 * spread));
      }
      // Whoever does not say the group gets the more careful sets.
      assertThat(calibration.quantiles()).hasSize(2);
    }
  }

  @Test
  void anUnknownGroupMayHaveAnyLabel() {
    Calibration calibration =
        Calibration.of(LABELS, "q", rows(600, 1, 7), new Calibration.Plan(0.1, 0.2, 1));
    List<Double> sure =
        LabelledRow.of(new double[] {0.998, 0.001, 0.001}, 0, Optional.empty()).logProbabilities();
    assertThat(calibration.confidence(sure, Optional.of("easy")).set()).containsExactly("a");
    assertThat(calibration.confidence(sure, Optional.of("other")).set())
        .containsExactlyElementsOf(LABELS);
    assertThat(calibration.confidence(sure, Optional.empty()).refer()).isFalse();
  }

  @Test
  void tooFewTextsSayNothing() {
    Calibration.Plan plan = new Calibration.Plan(0.1, 0.1, 1);
    assertThat(Calibration.of(LABELS, "q", rows(100, 1, 8), plan).verdict())
        .isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertThatThrownBy(() -> Calibration.of(LABELS, "q", rows(59, 1, 8), plan))
        .isInstanceOf(GovernanceException.class)
        .hasFieldOrPropertyWithValue("code", "governance.calibration-texts");
    assertThatThrownBy(() -> new Calibration.Plan(0, 0.1, 1))
        .isInstanceOf(GovernanceException.class)
        .hasFieldOrPropertyWithValue("code", "governance.calibration-plan");
  }

  @Test
  void aDishonestModelFails() {
    // What it is sure of comes out at random: no temperature that fits one part makes it fine.
    SplittableRandom random = new SplittableRandom(9);
    List<LabelledRow> rows = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      boolean sure = i % 2 == 0;
      double[] said = sure ? new double[] {0.98, 0.01, 0.01} : new double[] {0.4, 0.3, 0.3};
      int label = sure ? random.nextInt(3) : 0;
      rows.add(LabelledRow.of(said, label, Optional.empty()));
    }
    assertThat(Calibration.of(LABELS, "q", rows, new Calibration.Plan(0.1, 0.1, 1)).verdict())
        .isEqualTo(Verdict.FAIL);
  }
}
