package dev.candor.ledger.entries;

/**
 * That a key of the server is not taken any more.
 *
 * @param key what it is called
 * @param by who has revoked it
 */
public record ApiKeyRevoked(String key, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "api-key-revoked";

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
  public static ApiKeyRevoked of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ApiKeyRevoked(entry.required("key"), entry.required("by"));
  }
}
