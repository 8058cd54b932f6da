package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiteralRangesTest {

  @Test
  void touchesAndCoversAreWhatTheyAreForSetsOfUnits() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      BitSet units = new BitSet();
      int[] bounds = random.ints(0, 40).distinct().limit(2 * random.nextInt(6)).sorted().toArray();
      for (int i = 0; i < bounds.length; i += 2) {
        units.set(bounds[i], bounds[i + 1]);
      }
      LiteralRanges ranges = LiteralRanges.of(bounds);
      for (int from = 0; from < 41; from++) {
        for (int to = from + 1; to < 42; to++) {
          int next = units.nextSetBit(from);
          assertThat(ranges.touches(from, to)).isEqualTo(next >= 0 && next < to);
          assertThat(ranges.covers(from, to)).isEqualTo(units.nextClearBit(from) >= to);
        }
      }
    }
    assertThat(LiteralRanges.ALL.covers(0, 1 << 30)).isTrue();
    assertThat(LiteralRanges.NONE.touches(0, 1 << 30)).isFalse();
  }

  @Test
  void refusesBoundsThatAreNoRanges() {
    for (int[] bounds : new int[][] {{1}, {2, 2}, {3, 1}, {-1, 4}, {0, 2, 1, 3}}) {
      assertThatThrownBy(() -> LiteralRanges.of(bounds))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
