package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What may happen to a model where it stands now: who may judge it, and what comes before what.
 * Source: OSFI Guideline E-23 (2027), the lifecycle and Principles 2.2, 2.3, 3.1 and 3.4; where it
 * leaves something to the firm, as who is high enough to approve, it is firm policy.
 */
public final class LifecycleRules {

  private final ModelStanding standing;
  private final FourEyes fourEyes;

  LifecycleRules(ModelStanding standing, FourEyes fourEyes) {
    this.standing = standing;
    this.fourEyes = fourEyes;
  }

  /**
   * Goes on only if a record may be logged.
   *
   * @throws GovernanceException {@code governance.model-retired}
   */
  public void require(ModelRecorded recorded) {
    requireThisId(recorded.record().id());
    if (standing.state() == LifecycleState.DECOMMISSION) {
      throw retired();
    }
    if (standing.rated().isPresent()) {
      recorded.record().requireComplete(standing.rating());
    }
  }

  /**
   * Goes on only if a rating may be logged.
   *
   * @throws GovernanceException {@code governance.model-unknown}, {@code governance.model-retired};
   *     {@code governance.inventory-field} if the record lacks what such a rating asks for; {@code
   *     governance.rating-method} if the method says otherwise; {@code governance.rating-residual}
   */
  public void require(ModelRated act) {
    requireThisId(act.id());
    InventoryRecord known = requireRecord();
    Rating rating = act.rating();
    RatingMethod method = RatingMethod.standard();
    if (act.method().equals(method.digest()) && !method.rate(rating.answers()).equals(rating)) {
      throw new GovernanceException(
          "rating-method",
          "the method makes something else of these answers than " + rating.rating().key(),
          "Rate again: candor inventory rate " + standing.id() + ".");
    }
    if (standing.hasUnknownSources()
        && !RatingMethod.UNKNOWN.equals(rating.answers().get(RatingMethod.PROVENANCE))) {
      throw new GovernanceException(
          "rating-method",
          "the record says that nobody knows the sources of its data: provenance is unknown",
          "Record the sources first, or rate with provenance=unknown.");
    }
    if (act.residual().isPresent() != act.mitigants().isPresent()
        || act.residual().isPresent() && act.residual().get().compareTo(rating.rating()) > 0) {
      throw new GovernanceException(
          "rating-residual",
          "a residual risk is at most the inherent one, and goes with what was done about it",
          "Give both --residual and --mitigants, or neither.");
    }
    known.requireComplete(Optional.of(rating.rating()));
  }

  /**
   * Goes on only if a review may be logged.
   *
   * @throws GovernanceException {@code governance.model-unknown}, {@code governance.model-retired},
   *     {@code governance.model-state}, {@code governance.four-eyes}
   */
  public void require(ModelReviewed act) {
    requireThisId(act.id());
    requireRecord();
    requireState(LifecycleState.REVIEW, "a review");
    fourEyes.requireNotMaker(act.by(), "review this model");
  }

  /**
   * Goes on only if an approval may be logged.
   *
   * @param now when
   * @throws GovernanceException {@code governance.model-unknown}, {@code governance.model-retired},
   *     {@code governance.model-state}, {@code governance.four-eyes}; {@code
   *     governance.not-reviewed} if nobody has accepted just this; {@code governance.not-rated};
   *     {@code governance.approver-level}; {@code governance.approval-limits}; {@code
   *     governance.approval-until}
   */
  public void require(ModelApproved act, Instant now) {
    requireThisId(act.id());
    InventoryRecord known = requireRecord();
    requireState(LifecycleState.APPROVAL, "an approval");
    fourEyes.requireNotMaker(act.by(), "approve this model");
    fourEyes.requireNotReviewer(act.by(), act.tuple());
    if (!standing.isAccepted(act.tuple())) {
      throw new GovernanceException(
          "not-reviewed",
          "nobody has reviewed and accepted the model as it is now (tuple " + act.tuple() + ")",
          "Move it to review, and let somebody review it: candor inventory review "
              + standing.id()
              + ".");
    }
    RiskRating rating = requireRating();
    if (act.rating() != rating) {
      throw new GovernanceException(
          "not-rated",
          "the approval names the rating " + act.rating().key() + ", it is " + rating.key(),
          "Approve it as it is rated now.");
    }
    RatingRule rule = RatingMethod.standard().rule(rating);
    if (!rule.allows(act.role())) {
      throw new GovernanceException(
          "approver-level",
          "a model rated "
              + rating.key()
              + " is not approved in the role "
              + act.role().key()
              + ", it takes "
              + rule.approver().key(),
          "Ask somebody with the role " + rule.approver().key() + ".");
    }
    if (rule.purposesNamed() && act.limits().purposes().isEmpty()) {
      throw new GovernanceException(
          "approval-limits",
          "a model rated " + rating.key() + " is approved for purposes that are named",
          "Say what for: --purposes ID,…");
    }
    Instant latest = rule.latest(now);
    if (act.until().isEmpty() || !now.isBefore(act.until().get()) || isAfter(act, latest)) {
      throw new GovernanceException(
          "approval-until",
          "an approval of a model rated "
              + rating.key()
              + " ends after now and at "
              + latest
              + " at the latest, when it is to be reviewed again",
          "Give such an end: --until INSTANT.");
    }
    known.requireComplete(Optional.of(rating));
  }

  private static boolean isAfter(ModelApproved act, Instant latest) {
    return act.until().filter(until -> until.isAfter(latest)).isPresent();
  }

  /**
   * Goes on only if a move may be logged.
   *
   * @param now when
   * @throws GovernanceException {@code governance.model-unknown}, {@code governance.model-retired},
   *     {@code governance.model-state}; {@code governance.trigger-missing}; {@code
   *     governance.not-approved} if it would be deployed and nobody has approved just this
   */
  public void require(ModelMoved act, Instant now) {
    requireThisId(act.id());
    requireRecord();
    LifecycleState state = standing.state();
    if (act.from() != state || !state.next().contains(act.to())) {
      throw new GovernanceException(
          "model-state",
          "model "
              + standing.id()
              + " is in "
              + state.key()
              + ", from where it does not go to "
              + act.to().key(),
          "From there it goes to "
              + String.join(", ", state.next().stream().map(LifecycleState::key).toList())
              + (state == LifecycleState.REVIEW ? ", and by a review to approval." : "."));
    }
    boolean mayGoOn = act.to() != LifecycleState.DESIGN && act.to() != LifecycleState.DECOMMISSION;
    if (!mayGoOn && !act.stopsUse()) {
      throw new GovernanceException(
          "model-state",
          "a model in " + act.to().key() + " is not used",
          "Let its use stop with the move.");
    }
    boolean again = state != LifecycleState.DESIGN && state != LifecycleState.APPROVAL;
    if (act.to() == LifecycleState.REVIEW && again && act.triggers().isEmpty()) {
      throw new GovernanceException(
          "trigger-missing",
          "a review of a model that was reviewed before has a reason",
          "Say what has opened it: --trigger performance.");
    }
    if (act.to() == LifecycleState.DEPLOYMENT && !act.stopsUse()) {
      String tuple = act.tuple().orElse("");
      // An earlier approval was for what the model was rated and used for then.
      if (standing
          .approvalSinceReview(tuple)
          .filter(it -> ModelStanding.isAlive(it.what().until(), now))
          .isPresent()) {
        return;
      }
      throw new GovernanceException(
          "not-approved",
          "nobody has approved the model as it is now"
              + (tuple.isEmpty() ? "" : " (tuple " + tuple + ")")
              + " since it was reviewed, or the approval has ended",
          "Let somebody approve it: candor approve " + standing.id() + ".");
    }
    if (act.to() == LifecycleState.DEPLOYMENT) {
      throw new GovernanceException(
          "model-state", "a deployment stops no use", "Let its use go on with the move.");
    }
  }

  /**
   * Goes on only if an exemption may be logged.
   *
   * @param now when
   * @throws GovernanceException {@code governance.model-unknown}, {@code governance.model-retired},
   *     {@code governance.four-eyes}, {@code governance.approver-level}; {@code
   *     governance.not-exempt} if its risk is not negligible or the end is not to come
   */
  public void require(ExemptionGranted act, Instant now) {
    requireThisId(act.id());
    requireRecord();
    fourEyes.requireNotMaker(act.by(), "exempt this model");
    RiskRating rating = requireRating();
    RatingRule rule = RatingMethod.standard().rule(RiskRating.NEGLIGIBLE);
    if (rating != RiskRating.NEGLIGIBLE || !now.isBefore(act.until())) {
      throw new GovernanceException(
          "not-exempt",
          rating == RiskRating.NEGLIGIBLE
              ? "the exemption ends at " + act.until() + ", which is not after " + now
              : "a model rated " + rating.key() + " cannot be exempted, negligible alone can",
          "Let it be reviewed and approved, or give an end that is to come.");
    }
    if (!rule.allows(act.role())) {
      throw new GovernanceException(
          "approver-level",
          "an exemption takes the role " + rule.approver().key(),
          "Ask somebody with that role.");
    }
  }

  private void requireThisId(String other) {
    if (!other.equals(standing.id())) {
      throw new IllegalArgumentException("an act about " + other + ", not " + standing.id());
    }
  }

  private InventoryRecord requireRecord() {
    if (standing.record().isEmpty()) {
      throw unknown(standing.id());
    }
    if (standing.state() == LifecycleState.DECOMMISSION) {
      throw retired();
    }
    return standing.record().orElseThrow().what().record();
  }

  static GovernanceException unknown(String id) {
    return new GovernanceException(
        "model-unknown",
        "there is no model " + id + " in the inventory",
        "candor inventory list shows them; candor inventory add FILE adds one.");
  }

  private GovernanceException retired() {
    return new GovernanceException(
        "model-retired",
        "model " + standing.id() + " was decommissioned",
        "What it decided can be computed again; a new model has a new id.");
  }

  private void requireState(LifecycleState wanted, String what) {
    LifecycleState state = standing.state();
    if (state != wanted) {
      throw new GovernanceException(
          "model-state",
          "model "
              + standing.id()
              + " is in "
              + state.key()
              + ", "
              + what
              + " is for one in "
              + wanted.key(),
          wanted == LifecycleState.REVIEW
              ? "Move it there first: candor inventory move " + standing.id() + " review."
              : "Let it be reviewed first: candor inventory review " + standing.id() + ".");
    }
  }

  private RiskRating requireRating() {
    if (standing.isRatingDue()) {
      throw new GovernanceException(
          "not-rated",
          standing.rated().isEmpty()
              ? "nobody has rated model " + standing.id()
              : "model "
                  + standing.id()
                  + " was not rated again since "
                  + words(standing.openTriggers())
                  + " changed",
          "Rate it: candor inventory rate " + standing.id() + ".");
    }
    return standing.rating().orElseThrow();
  }

  private static String words(List<ReviewTrigger> triggers) {
    return String.join(", ", triggers.stream().map(ReviewTrigger::key).toList());
  }

  /**
   * Goes on only if somebody is neither developer nor owner.
   *
   * @param what they would do, for the message
   * @throws GovernanceException {@code governance.four-eyes}
   */
  public void requireIndependent(String name, String what) {
    fourEyes.requireNotMaker(name, what);
  }
}
