package dev.candor.statistics.intervals;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Intervals and tests against published numbers and against 30-digit arithmetic (mpmath). */
class SharesTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  /**
   * The first four are the examples of Newcombe, Statistics in Medicine 17, 1998, 857–872, table I,
   * which gives four digits; the last is that of R's {@code binom.test}, which gives seven.
   */
  @ParameterizedTest
  @CsvSource({
    "81,263,0.255288519878,0.366209576983,0.252736745585,0.367621922601",
    "15,148,0.062386399531,0.160487241723,0.057844010083,0.161650490349",
    "0,20,0,0.161125158053,0,0.168433470983",
    "1,29,0.006113214293,0.171755218793,0.000872646884,0.177644295489",
    "20,20,0.838874841947,1,0.831566529017,1",
    "682,925,0.707995987620,0.764635800971,0.707668264079,0.765406558242"
  })
  void intervalsOfAShare(
      int right, int rows, double wilsonLow, double wilsonHigh, double exactLow, double exactHigh) {
    Measured wilson = Shares.of(right, rows, Shares.Method.WILSON, 0.95);
    Measured exact = Shares.of(right, rows, Shares.Method.CLOPPER_PEARSON, 0.95);
    assertThat(wilson.estimate()).isEqualTo(right / (double) rows);
    assertThat(wilson.lower()).isCloseTo(wilsonLow, CLOSE);
    assertThat(wilson.upper()).isCloseTo(wilsonHigh, CLOSE);
    assertThat(exact.lower()).isCloseTo(exactLow, CLOSE);
    assertThat(exact.upper()).isCloseTo(exactHigh, CLOSE);
  }

  /** Against a numerical search for the constrained maximum of the likelihood. */
  @ParameterizedTest
  @CsvSource({
    "0,0,20,-0.161125158053,0.161125158053",
    "12,2,50,0.0611124061863,0.344708748282",
    "3,9,200,-0.070509534809,0.00461412614112",
    "0,10,100,-0.174365661505,-0.0552291370607",
    "86,150,1600,-0.0589980333057,-0.0213615647548"
  })
  void intervalOfAPairedDifference(int gained, int lost, int rows, double low, double high) {
    Measured difference = Shares.difference(gained, lost, rows, 0.95);
    assertThat(difference.estimate()).isEqualTo((gained - lost) / (double) rows);
    assertThat(difference.lower()).isCloseTo(low, CLOSE);
    assertThat(difference.upper()).isCloseTo(high, CLOSE);
    // Which of the two is the candidate changes the sign alone.
    Measured reversed = Shares.difference(lost, gained, rows, 0.95);
    assertThat(reversed.lower()).isCloseTo(-high, CLOSE);
    assertThat(reversed.upper()).isCloseTo(-low, CLOSE);
  }

  @Test
  void everyRowChanged() {
    Measured all = Shares.difference(30, 0, 30, 0.95);
    assertThat(all.estimate()).isEqualTo(1);
    assertThat(all.upper()).isCloseTo(1, CLOSE);
    assertThat(all.lower()).isBetween(0.7, 0.95);
    Measured none = Shares.difference(0, 30, 30, 0.95);
    assertThat(none.lower()).isCloseTo(-1, CLOSE);
  }

  /** The examples of Newcombe, Statistics in Medicine 17, 1998, 873–890, table II, method 10. */
  @ParameterizedTest
  @CsvSource({
    "56,70,48,80,0.0524,0.3339",
    "9,10,3,10,0.1705,0.8090",
    "6,7,2,7,0.0582,0.8062",
    "5,56,0,29,-0.0381,0.1926",
    "0,10,0,20,-0.1611,0.2775",
    "0,10,0,10,-0.2775,0.2775",
    "10,10,0,20,0.6791,1",
    "10,10,0,10,0.6075,1"
  })
  void intervalOfADifferenceOfOtherRows(
      int right, int rows, int otherRight, int otherRows, double low, double high) {
    Measured found = Shares.unpairedDifference(right, rows, otherRight, otherRows, 0.95);
    assertThat(found.lower()).isCloseTo(low, Offset.offset(5e-5));
    assertThat(found.upper()).isCloseTo(high, Offset.offset(5e-5));
  }
}
