package dev.candor.ledger.entries;

/**
 * That a key vault is to lock itself when nobody has renewed it for some days, counted from here.
 * Durable before it holds.
 *
 * @param days after how many; 0: never
 * @param by who has said so
 */
public record KeyVaultLockSet(long days, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "key-vault-lock-set";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("days", days).put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static KeyVaultLockSet of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new KeyVaultLockSet(EntryFields.number(entry, "days"), entry.required("by"));
  }
}
