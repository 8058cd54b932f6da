package dev.candor.ledger.entries;

import java.util.Optional;

/**
 * That a decision ended, and how. Durable before its answer is called done. The digest of its
 * logits is not here but with the answer: it has no salt, and who has the model could try prompts
 * by it.
 *
 * @param decision its id
 * @param started index of the entry that it began with
 * @param outcome {@code end}, {@code stop-string}, {@code length}, {@code context-full}, {@code
 *     stopped}, {@code chosen}, {@code embedded} or {@code failed}
 * @param failure the code of the error that ended it
 * @param tokens that were generated
 * @param steps passes of the model behind the prompt
 * @param firstTokenMicros from its beginning to the first token
 * @param totalMicros from its beginning to its end
 * @param output commitment to the answer; of a failed one there is none
 */
public record DecisionFinished(
    String decision,
    long started,
    String outcome,
    Optional<String> failure,
    long tokens,
    long steps,
    long firstTokenMicros,
    long totalMicros,
    Optional<Commitment> output) {

  /** What entries of this kind begin with. */
  public static final String KIND = "decision-finished";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("started", started)
        .put("outcome", outcome)
        .put("failure", failure)
        .put("tokens", tokens)
        .put("steps", steps)
        .put("first-token-micros", firstTokenMicros)
        .put("total-micros", totalMicros)
        .put("output", output.map(Commitment::hex))
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static DecisionFinished of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new DecisionFinished(
        entry.required("decision"),
        EntryFields.number(entry, "started"),
        entry.required("outcome"),
        entry.value("failure"),
        EntryFields.number(entry, "tokens"),
        EntryFields.number(entry, "steps"),
        EntryFields.number(entry, "first-token-micros"),
        EntryFields.number(entry, "total-micros"),
        EntryFields.optionalCommitment(entry, "output"));
  }
}
