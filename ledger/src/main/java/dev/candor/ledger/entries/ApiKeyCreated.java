package dev.candor.ledger.entries;

import java.util.Optional;

/**
 * That somebody may use the server from here on, with a key that they alone have.
 *
 * @param key what the key is called: the first 16 digits of its hash
 * @param hash SHA-256 of the key, which is 256 random bits: nobody finds it from this
 * @param holder the name of the principal that the key stands for
 * @param roles what it may do, separated by commas
 * @param expires when it ends, if it does: ISO 8601, UTC
 * @param by who made it
 */
public record ApiKeyCreated(
    String key, String hash, String holder, String roles, Optional<String> expires, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "api-key-created";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("key", key)
        .put("hash", hash)
        .put("holder", holder)
        .put("roles", roles)
        .put("expires", expires)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static ApiKeyCreated of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ApiKeyCreated(
        entry.required("key"),
        entry.required("hash"),
        entry.required("holder"),
        entry.required("roles"),
        entry.value("expires"),
        entry.required("by"));
  }
}
