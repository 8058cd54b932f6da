package dev.candor.governance.inventory;

import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.time.Instant;
import java.util.Optional;

/**
 * That somebody has approved a model, with its rating and what is left of the risk.
 *
 * @param id of the model
 * @param tuple the very thing that was approved
 * @param weights SHA-256 of the bytes that may be mapped for it
 * @param rating inherent, as it was then
 * @param residual what is left of the risk, if the rater has said
 * @param role in which it was approved
 * @param limits within which it may be used
 * @param conditions what else is asked, in words; nothing on the device goes by them
 * @param until when the approval ends, if it does
 * @param by who approved it
 */
public record ModelApproved(
    String id,
    String tuple,
    String weights,
    RiskRating rating,
    Optional<RiskRating> residual,
    Role role,
    ModelLimits limits,
    Optional<String> conditions,
    Optional<Instant> until,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "model-approved";

  /** As it is logged. */
  public Entry entry() {
    EntryFields fields =
        new EntryFields(KIND)
            .put("model-id", id)
            .put("tuple", tuple)
            .put("weights", weights)
            .put("rating", rating.key())
            .put("residual", residual.map(RiskRating::key))
            .put("role", role.key());
    limits.put(fields);
    return fields
        .put("conditions", conditions)
        .put("until", until.map(Instant::toString))
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException if a value is none that it can have
   */
  public static ModelApproved of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ModelApproved(
        entry.required("model-id"),
        entry.required("tuple"),
        entry.required("weights"),
        RiskRating.of(entry.required("rating")),
        entry.value("residual").map(RiskRating::of),
        Role.of(entry.required("role")),
        ModelLimits.of(entry),
        entry.value("conditions"),
        entry.value("until").map(text -> RecordedText.instant("until", text)),
        entry.required("by"));
  }
}
