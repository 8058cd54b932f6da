package dev.candor.statistics.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairedTestsTest {

  /** 86 and 150 are the approval ratings of Agresti, Categorical Data Analysis, section 11.1. */
  @ParameterizedTest
  @CsvSource({"10,3,0.09228515625", "86,150,3.71593613957e-5", "5,5,1", "0,6,0.03125", "0,0,1"})
  void exactMcNemar(int gained, int lost, double p) {
    assertThat(PairedTests.mcNemar(gained, lost)).isCloseTo(p, Offset.offset(1e-12));
    assertThat(PairedTests.mcNemar(lost, gained)).isCloseTo(p, Offset.offset(1e-12));
  }

  /** Against scipy.stats.binomtest(6, 7): the difference of 0 is left out. */
  @Test
  void signTest() {
    TestResult found = PairedTests.sign(new double[] {1, 2, 0, 3, -1, 4, 5, 6});
    assertThat(found.statistic()).isEqualTo(6);
    assertThat(found.p()).isCloseTo(0.125, Offset.offset(1e-12));
  }
}
