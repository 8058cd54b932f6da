package dev.candor.ledger.entries;

/**
 * That the payload key was replaced, and the keys of all data subjects were wrapped under the new
 * one. An erasure does the same, and has an entry of its own.
 *
 * @param key id of the new key, 16 hexadecimal digits
 * @param by who replaced it
 */
public record PayloadKeyRotated(String key, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "payload-key-rotated";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("key", key).put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static PayloadKeyRotated of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new PayloadKeyRotated(entry.required("key"), entry.required("by"));
  }
}
