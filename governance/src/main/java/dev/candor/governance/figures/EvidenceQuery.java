package dev.candor.governance.figures;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * A named function over entries of the ledger, and over nothing else: no payload, no key, no clock
 * but the one that is given. So whoever has the log computes the same figure.
 *
 * @param name kebab case; it never changes its meaning
 * @param title for people
 * @param unit what its value counts
 * @param definition exact enough to compute it again
 * @param window which entries it reads
 * @param kinds of entries that it reads, or {@code *} alone for all
 * @param columns of its table; none if it is a number alone
 * @param tally makes one, empty, for a period
 */
public record EvidenceQuery(
    String name,
    String title,
    String unit,
    String definition,
    EvidenceWindow window,
    Set<String> kinds,
    List<String> columns,
    Function<Period, Tally> tally) {

  public EvidenceQuery {
    kinds = Set.copyOf(kinds);
    columns = List.copyOf(columns);
  }

  /** Whether it reads entries of a kind. */
  boolean reads(String kind) {
    return kinds.contains(kind) || kinds.contains(LogQueries.EVERY_KIND);
  }

  /** A number with its unit, for people: {@code 1 decision}, {@code 1,200 decisions}. */
  public String amount(long value) {
    String one =
        unit.endsWith("ies")
            ? unit.substring(0, unit.length() - 3) + "y"
            : unit.substring(0, unit.length() - 1);
    return String.format(Locale.ROOT, "%,d %s", value, value == 1 ? one : unit);
  }
}
