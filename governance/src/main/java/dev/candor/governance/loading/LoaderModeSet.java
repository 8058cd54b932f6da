package dev.candor.governance.loading;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;

/**
 * That the loader asks for as much evidence as this from here on.
 *
 * @param mode what it does where evidence is missing
 * @param by who said so
 */
public record LoaderModeSet(LoaderMode mode, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "loader-mode-set";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("mode", mode.key()).put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.loader-mode}
   */
  public static LoaderModeSet of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new LoaderModeSet(LoaderMode.of(entry.required("mode")), entry.required("by"));
  }
}
