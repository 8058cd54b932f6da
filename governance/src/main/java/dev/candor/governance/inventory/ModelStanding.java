package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where one model stands: what the entries about it say, read in their order. What is not there did
 * not happen.
 *
 * <p>What is to be logged is held against it first, by its {@link #rules}. The same may still find
 * its way into a ledger, for two processes may act at once, and who writes a ledger by hand may
 * write anything: such an entry has no effect, and {@link #withoutEffect} lists it. So no order of
 * entries leads to use without a review by one and an approval by another.
 *
 * <p>Used by one thread at a time.
 */
public final class ModelStanding {

  private final String id;
  private final FourEyes fourEyes = new FourEyes();
  private final SortedMap<String, Placed<ModelReviewed>> accepted = new TreeMap<>();
  private final SortedMap<String, Placed<ModelApproved>> approvals = new TreeMap<>();
  private final SortedMap<String, Placed<ModelMoved>> deployed = new TreeMap<>();
  private final List<WithoutEffect> withoutEffect = new ArrayList<>();
  private final LifecycleRules rules = new LifecycleRules(this, fourEyes);
  private LifecycleState state = LifecycleState.DESIGN;
  private Optional<Placed<ModelRecorded>> record = Optional.empty();
  private Optional<Placed<ModelRated>> rated = Optional.empty();
  private Optional<Placed<ModelReviewed>> lastReview = Optional.empty();
  private Optional<Placed<ModelApproved>> lastApproval = Optional.empty();
  private Optional<Placed<ModelMoved>> lastDeployment = Optional.empty();
  private Optional<Placed<ExemptionGranted>> exemption = Optional.empty();
  private List<ReviewTrigger> openTriggers = List.of();
  private long triggered = -1;

  /**
   * What an entry says, and where.
   *
   * @param index of the entry
   * @param at when the ledger took it
   */
  public record Placed<T>(long index, Instant at, T what) {}

  /**
   * An entry without effect.
   *
   * @param index of the entry
   * @param code of the error that the act would have had
   * @param why for people
   */
  public record WithoutEffect(long index, String code, String why) {}

  /** Of a model of which nothing is known yet. */
  public ModelStanding(String id) {
    this.id = id;
  }

  /** Takes in an entry. Those of other kinds, and about other models, change nothing. */
  public void apply(long index, Entry entry) {
    if (!entry.value("model-id").equals(Optional.of(id))) {
      return;
    }
    try {
      Instant at = Instant.parse(entry.required("at"));
      switch (entry.kind()) {
        case ModelRecorded.KIND -> record(new Placed<>(index, at, ModelRecorded.of(entry)));
        case ModelRated.KIND -> rate(new Placed<>(index, at, ModelRated.of(entry)));
        case ModelReviewed.KIND -> review(new Placed<>(index, at, ModelReviewed.of(entry)));
        case ModelApproved.KIND -> approve(new Placed<>(index, at, ModelApproved.of(entry)));
        case ModelMoved.KIND -> move(new Placed<>(index, at, ModelMoved.of(entry)));
        case ExemptionGranted.KIND -> exempt(new Placed<>(index, at, ExemptionGranted.of(entry)));
        default -> {}
      }
    } catch (GovernanceException e) {
      withoutEffect.add(new WithoutEffect(index, e.code(), String.valueOf(e.getMessage())));
    } catch (LedgerException e) {
      // No number, or no value where one must be.
      withoutEffect.add(new WithoutEffect(index, e.code(), String.valueOf(e.getMessage())));
    }
  }

  private void record(Placed<ModelRecorded> placed) {
    rules.require(placed.what());
    record = Optional.of(placed);
    fourEyes.made(placed.what().record());
  }

  private void rate(Placed<ModelRated> placed) {
    rules.require(placed.what());
    rated = Optional.of(placed);
  }

  private void review(Placed<ModelReviewed> placed) {
    ModelReviewed review = placed.what();
    rules.require(review);
    fourEyes.reviewed(review.tuple(), review.by());
    lastReview = Optional.of(placed);
    if (review.accepted()) {
      accepted.put(review.tuple(), placed);
      state = LifecycleState.APPROVAL;
      return;
    }
    accepted.remove(review.tuple());
    if (deployed.containsKey(review.tuple())) {
      stopUse();
    }
    approvals.remove(review.tuple());
    // What was turned down was a change, if something else is in use.
    state = deployed.isEmpty() ? LifecycleState.DESIGN : LifecycleState.MONITORING;
  }

  private void approve(Placed<ModelApproved> placed) {
    rules.require(placed.what(), placed.at());
    approvals.put(placed.what().tuple(), placed);
    lastApproval = Optional.of(placed);
  }

  private void move(Placed<ModelMoved> placed) {
    ModelMoved move = placed.what();
    rules.require(move, placed.at());
    state = move.to();
    if (move.stopsUse()) {
      stopUse();
    }
    switch (move.to()) {
      case REVIEW -> {
        accepted.clear();
        openTriggers = move.triggers();
        if (!openTriggers.isEmpty()) {
          triggered = placed.index();
        }
      }
      case DEPLOYMENT -> {
        deployed.put(move.tuple().orElseThrow(), placed);
        lastDeployment = Optional.of(placed);
        openTriggers = List.of();
      }
      default -> {}
    }
  }

  private void exempt(Placed<ExemptionGranted> placed) {
    rules.require(placed.what(), placed.at());
    exemption = Optional.of(placed);
  }

  private void stopUse() {
    accepted.clear();
    approvals.clear();
    deployed.clear();
    exemption = Optional.empty();
  }

  /** Whether something that ends goes on then. */
  public static boolean isAlive(Optional<Instant> until, Instant now) {
    return until.isEmpty() || now.isBefore(until.get());
  }

  public String id() {
    return id;
  }

  /** What may happen to it now. */
  public LifecycleRules rules() {
    return rules;
  }

  public LifecycleState state() {
    return state;
  }

  /** What was recorded last. */
  public Optional<Placed<ModelRecorded>> record() {
    return record;
  }

  /** How it was rated last. */
  public Optional<Placed<ModelRated>> rated() {
    return rated;
  }

  /**
   * Its rating; nothing if nobody has rated it. Where the record has come to say that nobody knows
   * the sources of its data, it is what the method makes of that.
   */
  public Optional<RiskRating> rating() {
    return rated.map(it -> {
      Rating given = it.what().rating();
      if (!hasUnknownSources()) {
        return given.rating();
      }
      Map<String, String> answers = new LinkedHashMap<>(given.answers());
      answers.put(RatingMethod.PROVENANCE, RatingMethod.UNKNOWN);
      return given.rating().atLeast(RatingMethod.standard().rate(answers).rating());
    });
  }

  boolean hasUnknownSources() {
    return record
        .filter(it ->
            it.what().record().text(InventoryField.DATA_SOURCES).equals(InventoryField.UNKNOWN))
        .isPresent();
  }

  /** Whether it is to be rated again: something has opened a review since. */
  public boolean isRatingDue() {
    return rated.isEmpty() || rated.get().index() < triggered;
  }

  /** Whether somebody has accepted just this, in the review that counts now. */
  public boolean isAccepted(String tuple) {
    return accepted.containsKey(tuple);
  }

  /** The approval of just this that came behind the review that counts now, if there is one. */
  public Optional<Placed<ModelApproved>> approvalSinceReview(String tuple) {
    return Optional.ofNullable(accepted.get(tuple))
        .flatMap(review -> approval(tuple).filter(it -> it.index() > review.index()));
  }

  /** What has opened the review that it is in, or in which it was not put to use since. */
  public List<ReviewTrigger> openTriggers() {
    return openTriggers;
  }

  public Optional<Placed<ModelReviewed>> lastReview() {
    return lastReview;
  }

  public Optional<Placed<ModelApproved>> lastApproval() {
    return lastApproval;
  }

  public Optional<Placed<ModelMoved>> lastDeployment() {
    return lastDeployment;
  }

  /** The approval of just this, if it was not ended by an act; it may have expired. */
  public Optional<Placed<ModelApproved>> approval(String tuple) {
    return Optional.ofNullable(approvals.get(tuple));
  }

  /**
   * Whether its rating is higher now than when it was approved: that takes a higher role, an
   * earlier end and other limits, so that the approval is void.
   */
  public boolean outgrows(ModelApproved approval) {
    return rating().filter(it -> it.compareTo(approval.rating()) > 0).isPresent();
  }

  /** Whether just this was put to use, and no act has stopped its use. */
  public boolean isDeployed(String tuple) {
    return deployed.containsKey(tuple);
  }

  /** The tuples that are in use, each with the index of its deployment. */
  public SortedMap<String, Long> deployed() {
    SortedMap<String, Long> indices = new TreeMap<>();
    deployed.forEach((tuple, placed) -> indices.put(tuple, placed.index()));
    return indices;
  }

  /** The exemption that was granted last; it may have expired. */
  public Optional<Placed<ExemptionGranted>> exemption() {
    return exemption;
  }

  /** Of the entry that put it into the inventory with what holds now. */
  public OptionalLong recordIndex() {
    return record.isEmpty() ? OptionalLong.empty() : OptionalLong.of(record.get().index());
  }

  /** Entries that had no effect, in order. */
  public List<WithoutEffect> withoutEffect() {
    return Collections.unmodifiableList(withoutEffect);
  }
}
