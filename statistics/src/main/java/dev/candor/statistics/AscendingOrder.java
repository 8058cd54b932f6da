package dev.candor.statistics;

/** The order of values. */
public final class AscendingOrder {

  private AscendingOrder() {}

  /**
   * Indices of values from the smallest to the largest, of equal ones in their order. (A merge sort
   * of indices as they are: objects for each would need five times the room.)
   */
  public static int[] of(double[] values) {
    int[] order = new int[values.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    int[] merged = new int[order.length];
    for (long run = 1; run < order.length; run *= 2) {
      for (long from = 0; from < order.length; from += 2 * run) {
        int middle = (int) Math.min(from + run, order.length);
        int to = (int) Math.min(from + 2 * run, order.length);
        merge(values, order, (int) from, middle, to, merged);
      }
      int[] swapped = order;
      order = merged;
      merged = swapped;
    }
    return order;
  }

  private static void merge(
      double[] values, int[] order, int from, int middle, int to, int[] merged) {
    int left = from;
    int right = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft =
          left < middle
              && (right == to || Double.compare(values[order[left]], values[order[right]]) <= 0);
      merged[i] = takeLeft ? order[left++] : order[right++];
    }
  }
}
