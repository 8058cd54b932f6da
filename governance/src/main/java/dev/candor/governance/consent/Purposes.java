package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import java.util.Collection;
import java.util.List;

/** Purposes as entries hold them: ids in kebab case, sorted, none twice, with a space between. */
public final class Purposes {

  /** Most purposes of one consent. Who needs more asks for too much at once. */
  public static final int MOST = 32;

  private static final String REASON = "consent-purposes";

  private Purposes() {}

  /**
   * Sorted, none twice.
   *
   * @throws GovernanceException {@code governance.consent-purposes} if there is none, are more than
   *     {@link #MOST}, or one is not in kebab case
   */
  public static List<String> of(Collection<String> ids) {
    ids.forEach(id -> KebabCase.require(id, REASON, "a purpose"));
    List<String> sorted = ids.stream().distinct().sorted().toList();
    if (sorted.isEmpty() || sorted.size() > MOST) {
      throw new GovernanceException(
          REASON,
          "there are " + sorted.size() + " purposes, allowed are 1 to " + MOST,
          "Name what is consented to, purpose by purpose.");
    }
    return sorted;
  }

  /**
   * Reads what {@link #text} has written, and nothing else.
   *
   * @throws GovernanceException {@code governance.consent-purposes}
   */
  public static List<String> parse(String text) {
    List<String> purposes = of(List.of(text.split(" ", -1)));
    if (!text(purposes).equals(text)) {
      throw new GovernanceException(
          REASON,
          "the purposes of an entry are not sorted, or one is there twice",
          "The entry was not written by Candor.");
    }
    return purposes;
  }

  /** As entries hold them. */
  public static String text(List<String> purposes) {
    return String.join(" ", purposes);
  }
}
