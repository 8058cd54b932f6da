package dev.candor.ledger.entries;

import java.util.Optional;

/**
 * That a decision was not admitted. Nothing was computed.
 *
 * @param decision its id
 * @param principal who asked
 * @param purpose what for
 * @param subject whose data it would have been about, as a pseudonym
 * @param policy SHA-256 of the policy that refused it
 * @param rule which of its rules did
 * @param reason what the asker was told
 */
public record DecisionRefused(
    String decision,
    String principal,
    String purpose,
    Optional<String> subject,
    String policy,
    String rule,
    String reason) {

  /** What entries of this kind begin with. */
  public static final String KIND = "decision-refused";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("principal", principal)
        .put("purpose", purpose)
        .put("subject", subject)
        .put("policy", policy)
        .put("rule", rule)
        .put("reason", reason)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static DecisionRefused of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new DecisionRefused(
        entry.required("decision"),
        entry.required("principal"),
        entry.required("purpose"),
        entry.value("subject"),
        entry.required("policy"),
        entry.required("rule"),
        entry.required("reason"));
  }
}
