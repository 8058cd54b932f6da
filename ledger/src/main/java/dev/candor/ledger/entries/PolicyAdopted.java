package dev.candor.ledger.entries;

/**
 * That a policy holds from here on.
 *
 * @param policy SHA-256 of its bytes
 * @param name what it calls itself
 * @param by who adopted it
 */
public record PolicyAdopted(String policy, String name, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "policy-adopted";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND).put("policy", policy).put("name", name).put("by", by).entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static PolicyAdopted of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new PolicyAdopted(
        entry.required("policy"), entry.required("name"), entry.required("by"));
  }
}
