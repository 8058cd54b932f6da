package dev.candor.ledger.entries;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * That a decision was admitted and begins. Durable before the first token of its answer is told.
 *
 * @param decision its id, 32 lower-case hexadecimal digits, the time first
 * @param attempt 1, or more if a client asks again for a decision that was not finished
 * @param request what a client calls it, as a pseudonym, so that asking twice is one decision
 * @param principal who asked
 * @param purpose what for
 * @param subject whose data it is about, as a pseudonym
 * @param consent index of the entry that the consent rests on
 * @param policy SHA-256 of the policy that admitted it
 * @param rule which of its rules did
 * @param task {@code generate}, {@code choose}, {@code head} or {@code embed}
 * @param modelName as the user calls it
 * @param model SHA-256 of the model
 * @param adapter of the adapter, if one computes beside it
 * @param head of the head, if one decides
 * @param tuple digest of the tuple that the loader found evidence for, where it asked for any
 * @param profile the numeric profile: what the same bits are promised for
 * @param kernels the path of the kernels
 * @param runtime version of the program
 * @param cache how keys and values are kept
 * @param context tokens of the session
 * @param promptTokens tokens that the model reads
 * @param input commitment to what was asked, all that a replay needs
 */
public record DecisionStarted(
    String decision,
    long attempt,
    Optional<String> request,
    String principal,
    String purpose,
    Optional<String> subject,
    OptionalLong consent,
    String policy,
    String rule,
    String task,
    String modelName,
    String model,
    Optional<String> adapter,
    Optional<String> head,
    Optional<String> tuple,
    String profile,
    String kernels,
    String runtime,
    String cache,
    long context,
    long promptTokens,
    Commitment input) {

  /** What entries of this kind begin with. */
  public static final String KIND = "decision-started";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("attempt", attempt)
        .put("request", request)
        .put("principal", principal)
        .put("purpose", purpose)
        .put("subject", subject)
        .put("consent", consent)
        .put("policy", policy)
        .put("rule", rule)
        .put("task", task)
        .put("model-name", modelName)
        .put("model", model)
        .put("adapter", adapter)
        .put("head", head)
        .put("tuple", tuple)
        .put("profile", profile)
        .put("kernels", kernels)
        .put("runtime", runtime)
        .put("cache", cache)
        .put("context", context)
        .put("prompt-tokens", promptTokens)
        .put("input", input.hex())
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static DecisionStarted of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new DecisionStarted(
        entry.required("decision"),
        EntryFields.number(entry, "attempt"),
        entry.value("request"),
        entry.required("principal"),
        entry.required("purpose"),
        entry.value("subject"),
        EntryFields.optionalNumber(entry, "consent"),
        entry.required("policy"),
        entry.required("rule"),
        entry.required("task"),
        entry.required("model-name"),
        entry.required("model"),
        entry.value("adapter"),
        entry.value("head"),
        entry.value("tuple"),
        entry.required("profile"),
        entry.required("kernels"),
        entry.required("runtime"),
        entry.required("cache"),
        EntryFields.number(entry, "context"),
        EntryFields.number(entry, "prompt-tokens"),
        EntryFields.commitment(entry, "input"));
  }
}
