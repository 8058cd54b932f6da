package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What holds of attributions whatever the model: the axioms, as properties. */
class AttributionTest {

  private static final Target TARGET = new Target(0, 1);
  private static final double TINY = 1e-9;

  private static double sum(Attribution attribution) {
    return attribution.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  @Test
  void shapleyValuesAddUpToWhatTheWholeTextCarries() {
    for (int seed = 0; seed < 20; seed++) {
      for (int spans : new int[] {1, 2, 5, 8, 9, 17}) {
        Scorer scorer = Synthetic.arbitrary(spans, seed);
        Attribution attribution = new ShapleySampling(8, seed).of(scorer, TARGET);
        assertThat(sum(attribution))
            .isCloseTo(attribution.whole() - attribution.nothing(), within(TINY));
      }
    }
  }

  /** Two spans that do the same wherever they are carry the same. */
  @Test
  void spansThatDoTheSameCarryTheSame() {
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] weights = Synthetic.weights(7, random);
      weights[5] = weights[2];
      Scorer either =
          Synthetic.of(
              7,
              kept -> {
                double f = kept.has(2) || kept.has(5) ? 3 : 0;
                for (int i = 0; i < 7; i++) {
                  f += kept.has(i) ? weights[i] : 0;
                }
                return f;
              });
      Attribution shapley = new ShapleySampling(4, seed).of(either, TARGET);
      assertThat(shapley.values().get(2)).isCloseTo(shapley.values().get(5), within(TINY));
      Attribution occlusion = Occlusion.of(either, TARGET);
      assertThat(occlusion.values().get(2)).isCloseTo(occlusion.values().get(5), within(TINY));
    }
  }

  @Test
  void aSpanThatChangesNothingCarriesNothing() {
    for (int seed = 0; seed < 20; seed++) {
      double[] weights = Synthetic.weights(12, new SplittableRandom(seed));
      weights[4] = 0;
      Scorer scorer = Synthetic.additive(weights);
      assertThat(Occlusion.of(scorer, TARGET).values().get(4)).isCloseTo(0, within(TINY));
      Attribution shapley = new ShapleySampling(4, seed).of(scorer, TARGET);
      assertThat(shapley.values().get(4)).isCloseTo(0, within(TINY));
      for (int i = 0; i < 12; i++) {
        // Of a sum each span carries its own weight, and every order says so.
        assertThat(shapley.values().get(i)).isCloseTo(weights[i], within(TINY));
        assertThat(shapley.intervals().get(i).high() - shapley.intervals().get(i).low())
            .isLessThan(1e-6);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    Scorer scorer = Synthetic.arbitrary(15, 3);
    assertThat(new ShapleySampling(8, 5).of(scorer, TARGET))
        .isEqualTo(new ShapleySampling(8, 5).of(scorer, TARGET))
        .isNotEqualTo(new ShapleySampling(8, 6).of(scorer, TARGET));
    assertThat(Occlusion.of(scorer, TARGET)).isEqualTo(Occlusion.of(scorer, TARGET));
  }

  /** Of a sample the intervals hold the exact value in about 95 % of cases. */
  @Test
  void intervalsHoldTheExactValue() {
    int held = 0;
    int all = 0;
    for (int seed = 0; seed < 60; seed++) {
      double[] weights = Synthetic.weights(9, new SplittableRandom(seed));
      // Of the first two spans one is enough: each carries half of 2, whatever the others do.
      Scorer scorer =
          Synthetic.of(
              9,
              kept -> {
                double f = kept.has(0) || kept.has(1) ? 2 : 0;
                double rest = 0;
                for (int i = 2; i < 9; i++) {
                  rest += kept.has(i) ? weights[i] : 0;
                }
                return f + rest + (kept.has(2) && kept.has(3) && kept.has(0) ? 1 : 0);
              });
      Attribution sampled = new ShapleySampling(16, seed).of(scorer, TARGET);
      double[] exact = {1 + 1 / 3.0, 1, weights[2] + 1 / 3.0, weights[3] + 1 / 3.0};
      for (int i = 0; i < exact.length; i++) {
        Attribution.Interval interval = sampled.intervals().get(i);
        all++;
        held += interval.low() - TINY <= exact[i] && exact[i] <= interval.high() + TINY ? 1 : 0;
      }
    }
    assertThat(held / (double) all).isGreaterThan(0.9);
  }

  /** Each copy alone can be left out; a pair cannot. */
  @Test
  void whatIsSaidTwiceIsFoundInPairs() {
    Scorer scorer =
        Synthetic.of(
            10, kept -> (kept.has(3) || kept.has(7) ? 4 : 0) + (kept.has(1) ? 0.5 : 0) - 2);
    Attribution occlusion = Occlusion.of(scorer, TARGET);
    assertThat(occlusion.values().get(3)).isCloseTo(0, within(TINY));
    assertThat(Occlusion.redundancies(scorer, TARGET, occlusion))
        .singleElement()
        .satisfies(pair -> {
          assertThat(pair.first()).isEqualTo(3);
          assertThat(pair.second()).isEqualTo(7);
          assertThat(pair.together()).isCloseTo(4, within(TINY));
        });
    assertThat(new ShapleySampling(8, 1).of(scorer, TARGET).ordering().subList(0, 2))
        .containsExactlyInAnyOrder(3, 7);
  }

  /** A rule that copies one span: that span is named first, wherever it stands. */
  @Test
  void thePlantedSpanIsNamedFirst() {
    int right = 0;
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int spans = 3 + random.nextInt(30);
      int planted = random.nextInt(spans);
      double[] weights = Synthetic.weights(spans, random);
      for (int i = 0; i < spans; i++) {
        weights[i] = i == planted ? 4 : weights[i] / 10;
      }
      Scorer scorer = Synthetic.additive(weights);
      right += Occlusion.of(scorer, TARGET).ordering().getFirst() == planted ? 1 : 0;
      right +=
          new ShapleySampling(2, 0).of(scorer, TARGET).ordering().getFirst() == planted ? 1 : 0;
    }
    assertThat(right / 400.0).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void theRunnerUpIsWhatALabelIsHeldAgainst() {
    double[] p = {-3, -0.2, -1.9};
    assertThat(Target.of(p, OptionalInt.empty())).isEqualTo(new Target(1, 2));
    assertThat(Target.of(p, OptionalInt.of(0))).isEqualTo(new Target(1, 0));
    assertThat(new Target(1, 2).probability(p))
        .isCloseTo(Math.exp(-0.2) / (Math.exp(-0.2) + Math.exp(-1.9)), within(TINY));
    assertThatThrownBy(() -> Target.of(p, OptionalInt.of(1)))
        .isInstanceOf(GovernanceException.class)
        .hasFieldOrPropertyWithValue("code", "governance.explanation-label");
    assertThatThrownBy(() -> Target.of(new double[] {0}, OptionalInt.empty()))
        .isInstanceOf(GovernanceException.class);
  }

  /** Asked about in one go, and about nothing twice. */
  @Test
  void nothingIsAskedTwice() {
    List<Subset> asked = new ArrayList<>();
    Scorer scorer = Synthetic.arbitrary(6, 1);
    RememberingScorer remembering =
        new RememberingScorer(
            Synthetic.of(
                6,
                kept -> {
                  asked.add(kept);
                  return scorer.logProbabilities(kept)[0];
                }));
    Attribution first = Occlusion.of(remembering, TARGET);
    assertThat(Occlusion.of(remembering, TARGET)).isEqualTo(first);
    assertThat(asked).doesNotHaveDuplicates().hasSize(8);
    assertThat(remembering.evaluations()).isEqualTo(8);
  }

  @Test
  void ranksOfEqualNumbersAreShared() {
    List<Double> numbers = List.of(1.0, 2.0, 2.0, 5.0);
    assertThat(RankCorrelation.of(numbers, numbers)).isCloseTo(1, within(TINY));
    assertThat(RankCorrelation.of(numbers, List.of(4.0, 3.0, 2.0, 1.0)))
        .isCloseTo(-0.9486832980505138, within(TINY));
    assertThat(RankCorrelation.of(numbers, List.of(1.0, 1.0, 1.0, 1.0))).isZero();
  }
}
