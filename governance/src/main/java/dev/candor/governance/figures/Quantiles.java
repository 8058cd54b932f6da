package dev.candor.governance.figures;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers, and those that stand at a place among them: the nearest rank, so always one that was
 * there. The pth of n in hundredths is the ⌈p·n/100⌉-th smallest.
 */
final class Quantiles {

  private long[] numbers = new long[16];
  private int count;

  /** One more. */
  void add(long number) {
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count++] = number;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Rows for the median, the 95th and the largest. */
  List<List<Cell>> rows(String what) {
    return List.of(
        List.of(Cell.of(what + ", median"), Cell.of(at(50))),
        List.of(Cell.of(what + ", 95th percentile"), Cell.of(at(95))),
        List.of(Cell.of(what + ", longest"), Cell.of(at(100))));
  }

  /** The one at so many hundredths. */
  long at(int percent) {
    long[] sorted = Arrays.copyOf(numbers, count);
    Arrays.sort(sorted);
    return sorted[(int) (((long) percent * count + 99) / 100) - 1];
  }
}
