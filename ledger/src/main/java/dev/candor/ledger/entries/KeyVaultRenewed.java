package dev.candor.ledger.entries;

import java.util.Optional;

/**
 * That somebody has renewed a key vault, which may have locked itself.
 *
 * @param by who
 * @param until when it locks itself next, an instant in UTC; it does not if there is none
 */
public record KeyVaultRenewed(String by, Optional<String> until) {

  /** What entries of this kind begin with. */
  public static final String KIND = "key-vault-renewed";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("by", by).put("until", until).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static KeyVaultRenewed of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new KeyVaultRenewed(entry.required("by"), entry.value("until"));
  }
}
