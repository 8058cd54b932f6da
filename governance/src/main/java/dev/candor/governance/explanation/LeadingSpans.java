package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;

/**
 * Which spans people are told of: those that carry most, until they carry four fifths of what all
 * of their side do, and no more than five. What carries less than a tenth of the strongest span is
 * not told.
 *
 * @param speakingFor the label, the strongest first
 * @param speakingAgainst it, the strongest first
 */
public record LeadingSpans(List<Integer> speakingFor, List<Integer> speakingAgainst) {

  private static final int MOST = 5;
  private static final double ENOUGH = 0.8;
  private static final double SLIGHT = 0.1;

  public LeadingSpans {
    speakingFor = List.copyOf(speakingFor);
    speakingAgainst = List.copyOf(speakingAgainst);
  }

  /** Of an attribution. */
  public static LeadingSpans of(Attribution attribution) {
    List<Integer> order = attribution.ordering();
    return new LeadingSpans(side(attribution, order, 1), side(attribution, order.reversed(), -1));
  }

  private static List<Integer> side(Attribution attribution, List<Integer> order, int sign) {
    List<Double> values = attribution.values();
    double all = values.stream().mapToDouble(value -> Math.max(0, sign * value)).sum();
    double strongest = values.stream().mapToDouble(Math::abs).max().orElse(0);
    List<Integer> leading = new ArrayList<>();
    double told = 0;
    for (int span : order) {
      double value = sign * values.get(span);
      if (value <= 0
          || value < SLIGHT * strongest
          || told >= ENOUGH * all
          || leading.size() == MOST) {
        break;
      }
      leading.add(span);
      told += value;
    }
    return leading;
  }
}
