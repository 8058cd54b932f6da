package dev.candor.ledger.entries;

/**
 * That somebody destroys the keys: the last entry that these keys sign for. Durable, and under a
 * checkpoint, before it is done.
 *
 * @param by who
 */
public record KeysDestroyed(String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "keys-destroyed";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static KeysDestroyed of(Entry any) {
    return new KeysDestroyed(EntryFields.require(any, KIND).required("by"));
  }
}
