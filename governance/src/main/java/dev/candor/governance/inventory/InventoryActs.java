package dev.candor.governance.inventory;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people do about models: record, rate, review, approve and move them. Each act is held
 * against where the model stands, then logged, then looked up again: another process may have been
 * faster.
 */
public final class InventoryActs {

  private static final int MOST_REASON = 1_000;

  private final Governance governance;
  private final Inventory inventory;

  /** Acts on the inventory of a device. */
  public InventoryActs(Governance governance) {
    this.governance = governance;
    this.inventory = new Inventory(governance);
  }

  /**
   * What an act has done.
   *
   * @param index of its entry
   * @param standing of the model afterwards
   */
  public record Done(long index, ModelStanding standing) {}

  /**
   * Records a model, or a new version of its record as a whole. Where what a program found in its
   * files has changed, a review is opened with it; what is in use stays in use meanwhile, for what
   * was found is bound to the evidence.
   *
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.model-retired}
   *     or {@code governance.inventory-field}
   */
  public Done add(Principal by, InventoryRecord record) {
    Authority.require(by, Action.KEEP_INVENTORY);
    ModelStanding before = current(record.id());
    ModelRecorded act = new ModelRecorded(record, by.name());
    before.rules().require(act);
    Done done = append(record.id(), act.entry());
    List<ReviewTrigger> triggers = changes(before, record);
    boolean isLater = before.state() != LifecycleState.DESIGN;
    if (triggers.isEmpty() || !isLater) {
      return done;
    }
    ModelStanding moved =
        move(
                by,
                record.id(),
                LifecycleState.REVIEW,
                triggers,
                false,
                "a new record says that something has changed")
            .standing();
    return new Done(done.index(), moved);
  }

  private static List<ReviewTrigger> changes(ModelStanding before, InventoryRecord record) {
    Optional<ModelBuild> then = before.record().flatMap(it -> it.what().record().build());
    return then.isEmpty() || record.build().isEmpty()
        ? List.of()
        : record.build().get().changes(then.get()).stream().map(ReviewTrigger::of).toList();
  }

  /**
   * Rates a model by the method that is published with the program. Where the record says that
   * nobody knows the sources of its data, nobody knows its provenance, whatever is answered.
   *
   * @param answers by the ids of the criteria; what is missing is unknown
   * @param residual what is left of the risk, with what was done about it
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.rating-answer},
   *     or as {@link LifecycleRules#require(ModelRated)}
   */
  public Done rate(
      Principal by,
      String id,
      Map<String, String> answers,
      Optional<RiskRating> residual,
      Optional<String> mitigants) {
    Authority.require(by, Action.KEEP_INVENTORY);
    mitigants.ifPresent(text -> RecordedText.line("mitigants", text, MOST_REASON));
    ModelStanding standing = current(id);
    Map<String, String> known = new LinkedHashMap<>(answers);
    if (standing.hasUnknownSources()) {
      known.put(RatingMethod.PROVENANCE, RatingMethod.UNKNOWN);
    }
    RatingMethod method = RatingMethod.standard();
    ModelRated act =
        new ModelRated(id, method.rate(known), method.digest(), residual, mitigants, by.name());
    standing.rules().require(act);
    return append(id, act.entry());
  }

  /**
   * Records what a review came to.
   *
   * @param accepted whether the model may be approved
   * @param summary what was found
   * @param report the report, if there is one, for the shelf of evidence
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.no-build}, or
   *     as {@link LifecycleRules#require(ModelReviewed)}
   */
  public Done review(
      Principal by, String id, boolean accepted, String summary, Optional<byte[]> report) {
    Authority.require(by, Action.REVIEW_MODEL);
    RecordedText.line("summary", summary, MOST_REASON);
    ModelStanding standing = current(id);
    DigestTuple tuple = tuple(standing);
    // Nothing is put on the shelf for a review that may not be.
    standing
        .rules()
        .require(
            new ModelReviewed(id, tuple.digest(), accepted, summary, Optional.empty(), by.name()));
    ModelReviewed act =
        new ModelReviewed(
            id, keep(tuple), accepted, summary, report.map(governance.evidence()::put), by.name());
    return append(id, act.entry());
  }

  /**
   * Approves a model as it is on record and under the policy in force.
   *
   * @param limits within which it may be used; those of its rating hold besides
   * @param conditions what else is asked, in words
   * @param until when the approval ends; the latest that the rating allows if it is not said
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.no-build}, or
   *     as {@link LifecycleRules#require(ModelApproved, Instant)}
   */
  public Done approve(
      Principal by,
      String id,
      ModelLimits limits,
      Optional<String> conditions,
      Optional<Instant> until) {
    Authority.require(by, Action.APPROVE_MODEL);
    conditions.ifPresent(text -> RecordedText.line("conditions", text, MOST_REASON));
    ModelStanding standing = current(id);
    DigestTuple tuple = tuple(standing);
    RatingRule rule = RatingMethod.standard().rule(standing.rating());
    Instant now = governance.now();
    ModelApproved act =
        new ModelApproved(
            id,
            tuple.digest(),
            build(standing).weights(),
            standing.rating().orElse(RiskRating.HIGH),
            standing.rated().flatMap(it -> it.what().residual()),
            highest(by),
            limits.atMost(rule.mostTokens()),
            conditions,
            until.or(() -> Optional.of(rule.latest(now))),
            by.name());
    standing.rules().require(act, now);
    var _ = keep(tuple);
    return append(id, act.entry());
  }

  /**
   * Moves a model on in its life.
   *
   * @param to where to; to be deployed is the model as it is on record, under the policy in force
   * @param triggers what has opened a review
   * @param stopsUse whether it may not be used from now on; a review may leave it in use
   * @param reason why
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.no-build}, or
   *     as {@link LifecycleRules#require(ModelMoved, Instant)}
   */
  public Done move(
      Principal by,
      String id,
      LifecycleState to,
      List<ReviewTrigger> triggers,
      boolean stopsUse,
      String reason) {
    Authority.require(by, Action.KEEP_INVENTORY);
    RecordedText.line("reason", reason, MOST_REASON);
    ModelStanding standing = current(id);
    boolean always = to == LifecycleState.DESIGN || to == LifecycleState.DECOMMISSION;
    ModelMoved act =
        new ModelMoved(
            id,
            standing.state(),
            to,
            to == LifecycleState.DEPLOYMENT && standing.record().isPresent()
                ? Optional.of(tuple(standing).digest())
                : Optional.empty(),
            triggers.stream().distinct().sorted().toList(),
            stopsUse || always,
            reason,
            by.name());
    standing.rules().require(act, governance.now());
    return append(id, act.entry());
  }

  /**
   * Exempts a model of negligible risk from review and approval, for a while.
   *
   * @throws GovernanceException {@code governance.not-permitted}, or as {@link
   *     LifecycleRules#require(ExemptionGranted, Instant)}
   */
  public Done exempt(Principal by, String id, String reason, Instant until) {
    Authority.require(by, Action.APPROVE_MODEL);
    RecordedText.line("reason", reason, MOST_REASON);
    ExemptionGranted act = new ExemptionGranted(id, reason, until, highest(by), by.name());
    current(id).rules().require(act, governance.now());
    return append(id, act.entry());
  }

  /**
   * What evidence about a model is bound to: as it is on record, under the policy in force.
   *
   * @throws GovernanceException {@code governance.model-unknown} or {@code governance.no-build}
   */
  public DigestTuple tuple(String id) {
    governance.ledger().refresh();
    return tuple(inventory.require(id));
  }

  private DigestTuple tuple(ModelStanding standing) {
    return build(standing).tuple(governance.policy().digest());
  }

  private static ModelBuild build(ModelStanding standing) {
    if (standing.record().isEmpty()) {
      throw LifecycleRules.unknown(standing.id());
    }
    return standing
        .record()
        .flatMap(it -> it.what().record().build())
        .orElseThrow(() ->
            new GovernanceException(
                "no-build",
                "the record of " + standing.id() + " does not say what is in the model's files",
                "Record it with the build that candor inventory init writes."));
  }

  private String keep(DigestTuple tuple) {
    return governance.evidence().put(tuple.text().getBytes(StandardCharsets.US_ASCII));
  }

  /** In which role somebody approves who has several: the one that is enough for most. */
  private static Role highest(Principal by) {
    return by.has(Role.GOVERN) ? Role.GOVERN : Role.OPERATE;
  }

  private ModelStanding current(String id) {
    governance.ledger().refresh();
    return inventory.standing(id);
  }

  private Done append(String id, Entry entry) {
    long index = governance.ledger().append(entry).index();
    ModelStanding standing = inventory.standing(id);
    List<ModelStanding.WithoutEffect> lost = new ArrayList<>(standing.withoutEffect());
    lost.removeIf(it -> it.index() != index);
    if (!lost.isEmpty()) {
      throw new GovernanceException(
          "overtaken",
          "somebody else was faster, and entry "
              + index
              + " has no effect: "
              + lost.getFirst().why(),
          "Look where the model stands now: candor inventory show " + id + ".");
    }
    return new Done(index, standing);
  }
}
