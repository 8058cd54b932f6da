package dev.candor.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AscendingOrderTest {

  /** Against the JDK's stable sort, with many equal values and every small length. */
  @Test
  void isThatOfAStableSort() {
    SplittableRandom random = new SplittableRandom(4);
    for (int length = 0; length < 70; length++) {
      double[] values = random.ints(length, -5, 5).mapToDouble(i -> i / 2.0).toArray();
      assertThat(AscendingOrder.of(values))
          .containsExactly(
              IntStream.range(0, length)
                  .boxed()
                  .sorted(Comparator.comparingDouble(i -> values[i]))
                  .mapToInt(Integer::intValue)
                  .toArray());
    }
  }
}
