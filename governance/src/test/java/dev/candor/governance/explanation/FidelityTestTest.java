package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whether an explanation may be told: the gate lets through what is better than chance only. */
class FidelityTestTest {

  private static final Target TARGET = new Target(0, 1);

  private static List<Integer> randomOrder(int spans, SplittableRandom random) {
    return Arrays.stream(RandomOrder.of(spans, random)).boxed().toList();
  }

  /**
   * 1,000 attributions that know nothing of the model: at most 5 % are issued. 71 of 1,000 are
   * three standard deviations above 5 %.
   */
  @Test
  void whatIsDrawnAtRandomIsIssuedInFiveOfAHundredCases() {
    int issued = 0;
    SplittableRandom random = new SplittableRandom(1);
    for (int round = 0; round < 1_000; round++) {
      int spans = 5 + random.nextInt(20);
      Scorer scorer =
          round % 2 == 0
              ? Synthetic.additive(Synthetic.weights(spans, random))
              : Synthetic.arbitrary(spans, round);
      RememberingScorer remembering = new RememberingScorer(scorer);
      Fidelity fidelity =
          new FidelityTest(FidelityTest.FEWEST_ORDERINGS, round)
              .of(remembering, TARGET, randomOrder(spans, random));
      issued += fidelity.faithful() ? 1 : 0;
    }
    assertThat(issued).isBetween(1, 71);
  }

  @Test
  void whatIsTrueIsIssued() {
    int issued = 0;
    SplittableRandom random = new SplittableRandom(2);
    for (int round = 0; round < 100; round++) {
      int spans = 12 + random.nextInt(20);
      Scorer scorer = new RememberingScorer(Synthetic.additive(Synthetic.weights(spans, random)));
      List<Integer> order = Occlusion.of(scorer, TARGET).ordering();
      issued += new FidelityTest(200, round).of(scorer, TARGET, order).faithful() ? 1 : 0;
    }
    assertThat(issued).isGreaterThanOrEqualTo(95);
  }

  /** The worst order there is fails in every case. */
  @Test
  void theOppositeOfTheTruthIsNotIssued() {
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      Scorer scorer = new RememberingScorer(Synthetic.additive(Synthetic.weights(15, random)));
      List<Integer> order = Occlusion.of(scorer, TARGET).ordering().reversed();
      Fidelity fidelity = new FidelityTest(200, round).of(scorer, TARGET, order);
      assertThat(fidelity.faithful()).isFalse();
      assertThat(fidelity.chance()).isGreaterThan(0.5);
    }
  }

  /** By hand: p of the two is 1 / (1 + e⁻ᶠ), f is 3 with the first span and 0 without it. */
  @Test
  void theFiguresAreThoseOfEraser() {
    Scorer scorer = Synthetic.of(10, kept -> kept.has(6) ? 3 : 0);
    List<Integer> order = List.of(6, 0, 1, 2, 3, 4, 5, 7, 8, 9);
    Fidelity fidelity = new FidelityTest(200, 4).of(scorer, TARGET, order);
    double lost = 1 / (1 + Math.exp(-3)) - 0.5;
    assertThat(fidelity.bins()).extracting(Fidelity.Bin::spans).containsExactly(1, 1, 1, 2, 5);
    assertThat(fidelity.bins())
        .allSatisfy(bin -> {
          assertThat(bin.comprehensiveness()).isCloseTo(lost, within(1e-12));
          assertThat(bin.sufficiency()).isCloseTo(0, within(1e-12));
        });
    assertThat(fidelity.comprehensiveness()).isCloseTo(lost, within(1e-12));
    assertThat(fidelity.score()).isCloseTo(lost, within(1e-12));
    // Every tenth order has that span first, and does as well: chance cannot be excluded.
    assertThat(fidelity.asGood()).isBetween(8, 36);
    assertThat(fidelity.faithful()).isFalse();
  }

  @Test
  void aModelThatTakesNoNoticeOfTheTextExplainsNothing() {
    Scorer scorer = Synthetic.of(30, _ -> 1.5);
    Fidelity fidelity =
        new FidelityTest(200, 5).of(scorer, TARGET, Occlusion.of(scorer, TARGET).ordering());
    assertThat(fidelity.asGood()).isEqualTo(200);
    assertThat(fidelity.faithful()).isFalse();
  }

  @Test
  void sharesAreRoundedUpAndAtLeastOne() {
    assertThat(FidelityTest.spans(0.01, 5)).isEqualTo(1);
    assertThat(FidelityTest.spans(0.10, 10)).isEqualTo(1);
    assertThat(FidelityTest.spans(0.10, 11)).isEqualTo(2);
    assertThat(FidelityTest.spans(0.20, 35)).isEqualTo(7);
    assertThat(FidelityTest.spans(0.50, 7)).isEqualTo(4);
  }
}
