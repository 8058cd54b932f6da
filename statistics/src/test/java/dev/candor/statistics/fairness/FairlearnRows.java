package dev.candor.statistics.fairness;

import java.util.ArrayList;
import java.util.List;

/** The rows on which Fairlearn 0.15 is asked: those of its own tests, and of its documentation. */
final class FairlearnRows {

  static final boolean[] LABELS =
      flags("10111011000111011001110000111111010100101001110001111001110110111111111");
  static final boolean[] DECISIONS =
      flags("01110001111001110110110000111111010100101011011011011111000011111111111");

  private static final String WEIGHTS =
      "12312123111233121112322121313141213233414131112331211123112321223232341";

  static final boolean[] DOCUMENTED_LABELS = flags("011110101000111111");
  static final boolean[] DOCUMENTED_DECISIONS = flags("001011100111100110");
  static final List<String> DOCUMENTED_GROUPS = List.of("bbabbcccaacabccbcc".split(""));

  private FairlearnRows() {}

  static double[] weights() {
    return WEIGHTS.chars().mapToDouble(digit -> digit - '0').toArray();
  }

  /** Both names in turn, each so many times. */
  static List<String> groups(String first, String second, int run) {
    List<String> groups = new ArrayList<>();
    for (int row = 0; row < LABELS.length; row++) {
      groups.add(row / run % 2 == 0 ? first : second);
    }
    return groups;
  }

  private static boolean[] flags(String digits) {
    boolean[] flags = new boolean[digits.length()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = digits.charAt(i) == '1';
    }
    return flags;
  }
}
