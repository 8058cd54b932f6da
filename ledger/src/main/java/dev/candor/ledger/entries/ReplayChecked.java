package dev.candor.ledger.entries;

import dev.candor.ledger.LedgerException;
import java.util.List;
import java.util.Optional;

/**
 * That decisions were computed again, and how many came out bit for bit the same.
 *
 * @param from index of the first entry looked at
 * @param to index behind the last; of a run that was interrupted, behind the last that it reached
 * @param checked decisions computed again
 * @param equal that came out the same
 * @param different that did not
 * @param impossible that could not be: erased, or made by a model, profile or adapter that is not
 *     here
 * @param differing ids of those that did not, the first {@value #MOST_DIFFERING} of them
 * @param by who asked for it
 * @param runtime version of the program
 */
public record ReplayChecked(
    long from,
    long to,
    long checked,
    long equal,
    long different,
    long impossible,
    List<String> differing,
    String by,
    String runtime) {

  /** What entries of this kind begin with. */
  public static final String KIND = "replay-checked";

  /** Most decisions that an entry names. */
  public static final int MOST_DIFFERING = 20;

  /**
   * @throws LedgerException {@code ledger.entry-field} if more decisions are named than an entry
   *     has room for
   */
  public ReplayChecked {
    differing = List.copyOf(differing);
    if (differing.size() > MOST_DIFFERING) {
      throw new LedgerException(
          "entry-field",
          "differing names " + differing.size() + " decisions, allowed are " + MOST_DIFFERING,
          "Name the first ones; their number is in the field different.");
    }
  }

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("from", from)
        .put("to", to)
        .put("checked", checked)
        .put("equal", equal)
        .put("different", different)
        .put("impossible", impossible)
        .put("differing", Optional.of(String.join(" ", differing)).filter(ids -> !ids.isEmpty()))
        .put("by", by)
        .put("runtime", runtime)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static ReplayChecked of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ReplayChecked(
        EntryFields.number(entry, "from"),
        EntryFields.number(entry, "to"),
        EntryFields.number(entry, "checked"),
        EntryFields.number(entry, "equal"),
        EntryFields.number(entry, "different"),
        EntryFields.number(entry, "impossible"),
        entry.value("differing").map(ids -> List.of(ids.split(" "))).orElse(List.of()),
        entry.required("by"),
        entry.required("runtime"));
  }
}
