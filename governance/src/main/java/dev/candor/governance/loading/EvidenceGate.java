package dev.candor.governance.loading;

import dev.candor.engine.generation.ModelFingerprints;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelBuild;
import dev.candor.governance.inventory.ModelMoved;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.ReviewTrigger;
import dev.candor.governance.register.EntryIndex;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Asks, before a model is used and before each decision, for the evidence about just that model:
 * signature, card, bias, calibration and approval, as its rating says. In the mode off it asks the
 * ledger for the mode and for nothing else. Safe for use by many threads.
 *
 * <p>What it asks about is what was mapped: it takes the digest of the mapped bytes themselves, and
 * before each decision it sees whether anybody has written to the file since before it was opened.
 */
public final class EvidenceGate {

  /** Kinds of entries after which what was found out before may hold no more. */
  private static final Set<String> CHANGING = changing();

  private final Governance governance;
  private final Inventory inventory;
  private final EvidenceCheck check;
  private final Map<String, Known> known = new HashMap<>();

  /** What was found out, and how much of the ledger it rests on. */
  private record Known(EvidenceStatus status, long asOf) {}

  /** The gate of a device. */
  public EvidenceGate(Governance governance) {
    this.governance = governance;
    this.inventory = new Inventory(governance);
    this.check = new EvidenceCheck(governance);
  }

  private static Set<String> changing() {
    Set<String> kinds = new HashSet<>(Inventory.KINDS);
    kinds.add(EvidenceRecorded.KIND);
    kinds.add(WaiverGranted.KIND);
    kinds.add(WaiverEnded.KIND);
    kinds.add(LoaderModeSet.KIND);
    return Set.copyOf(kinds);
  }

  /** Whether an entry of this kind may change what the gate says. */
  public static boolean isChangedBy(String kind) {
    return CHANGING.contains(kind);
  }

  /**
   * What the gate says of a model.
   *
   * @param mode in which it was asked
   * @param status what the ledger says; nothing in the mode off
   * @param obstacles what stands in the way, or would in the mode enforce
   */
  public record Clearance(
      LoaderMode mode, Optional<EvidenceStatus> status, List<EvidenceStatus.Obstacle> obstacles) {

    /** Nothing was asked. */
    static final Clearance OFF = new Clearance(LoaderMode.OFF, Optional.empty(), List.of());

    /** Digest of the tuple, which decisions name. */
    public Optional<String> tuple() {
      return status.map(it -> it.tuple().digest());
    }

    /**
     * Why a use is outside of the limits within which the model was approved, if it is and the mode
     * is enforce.
     *
     * @param tokens most tokens that the answer may have, 0 where there is none in tokens
     */
    public Optional<String> violation(String purpose, String task, long prompt, long tokens) {
      return mode == LoaderMode.ENFORCE
          ? status.flatMap(it -> it.limits().violation(purpose, task, prompt, tokens))
          : Optional.empty();
    }

    boolean refuses() {
      // That a model was decommissioned is no lack of evidence, but what people have decided.
      return mode == LoaderMode.ENFORCE && !obstacles.isEmpty()
          || status.filter(EvidenceStatus::isRetired).isPresent();
    }
  }

  /** What the loader does where evidence is missing: off where nobody has said. */
  public LoaderMode mode() {
    OptionalLong set = governance.index().last(EntryIndex.key(LoaderModeSet.KIND, ""));
    return set.isEmpty()
        ? LoaderMode.OFF
        : LoaderModeSet.of(governance.ledger().entry(set.getAsLong())).mode();
  }

  /**
   * Lets a model be used that was opened for it, or refuses and records that. A model that no
   * record describes is a finding; one that has become another than the record says opens a review.
   *
   * @param by who wants to use it
   * @return what the gate says; in the mode warn with what is missing
   * @throws GovernanceException {@code governance.load-refused}, naming all that is missing and the
   *     command for each
   */
  public Clearance load(Principal by, LoadCandidate candidate) {
    governance.ledger().refreshIfGrown();
    LoaderMode mode = mode();
    if (mode == LoaderMode.OFF) {
      return Clearance.OFF;
    }
    observe(by, candidate);
    Clearance clearance = clearance(mode, candidate);
    if (clearance.refuses()) {
      refuse(by, candidate, clearance);
    }
    return clearance;
  }

  /**
   * Asks again before a decision: what was withdrawn or has ended meanwhile stops it.
   *
   * @return what the gate says
   * @throws GovernanceException {@code governance.load-refused}
   */
  public Clearance again(LoadCandidate candidate) {
    LoaderMode mode = mode();
    if (mode == LoaderMode.OFF) {
      return Clearance.OFF;
    }
    Clearance clearance = clearance(mode, candidate);
    if (clearance.refuses()) {
      throw refused(candidate, clearance);
    }
    return clearance;
  }

  private Clearance clearance(LoaderMode mode, LoadCandidate candidate) {
    DigestTuple tuple = candidate.tuple(governance.policy().digest());
    EvidenceStatus status = status(candidate, tuple);
    List<EvidenceStatus.Obstacle> obstacles = new ArrayList<>(status.obstacles(candidate.name()));
    ModelFingerprints files = candidate.fingerprints();
    if (!files.unchanged()) {
      obstacles.add(
          new EvidenceStatus.Obstacle(
              "weights=written",
              "somebody has written to its files since they were opened",
              "candor models show " + candidate.name()));
    } else if (status.id().isPresent() && !status.weights().equals(Optional.of(files.weights()))) {
      obstacles.add(
          new EvidenceStatus.Obstacle(
              "weights=other",
              "its files hold other bytes than those on record (" + files.weights() + ")",
              "candor inventory init " + candidate.name() + ", then candor inventory add FILE"));
    }
    return new Clearance(mode, Optional.of(status), List.copyOf(obstacles));
  }

  /** From what is known if nothing has come since that may have changed it. */
  private synchronized EvidenceStatus status(LoadCandidate candidate, DigestTuple tuple) {
    String digest = tuple.digest();
    Instant now = governance.now();
    long size = governance.ledger().size();
    Known before = known.get(digest);
    if (before != null
        && ModelStanding.isAlive(before.status().until(), now)
        && !isChanged(before.asOf(), size)) {
      known.put(digest, new Known(before.status(), size));
      return before.status();
    }
    // What was seen to have ended stays ended, whatever the clock says later.
    Instant then =
        governance.index().places(EntryIndex.key(LoadRefused.KIND, digest)).stream()
            .map(place -> Instant.parse(governance.ledger().entry(place).required("at")))
            .max(Instant::compareTo)
            .filter(now::isBefore)
            .orElse(now);
    EvidenceStatus status = check.status(tuple, id(candidate), then);
    known.put(digest, new Known(status, size));
    return status;
  }

  private boolean isChanged(long from, long to) {
    for (long place = from; place < to; place++) {
      if (isChangedBy(governance.ledger().entry(place).kind())) {
        return true;
      }
    }
    return false;
  }

  /** By what the model is; else by what the user calls it, if nothing computes beside it. */
  private Optional<String> id(LoadCandidate candidate) {
    return inventory
        .idOf(candidate.model())
        .or(() ->
            candidate.beside().isEmpty()
                    && inventory.standing(candidate.name()).record().isPresent()
                ? Optional.of(candidate.name())
                : Optional.empty());
  }

  private void observe(Principal by, LoadCandidate candidate) {
    if (inventory.idOf(candidate.model()).isEmpty() && isNewFinding(candidate.model())) {
      governance
          .ledger()
          .append(
              new FindingRaised(
                      FindingRaised.NOT_IN_INVENTORY,
                      candidate.name(),
                      candidate.model(),
                      "it was loaded to be used",
                      by.name())
                  .entry());
    }
    id(candidate)
        .map(inventory::standing)
        .filter(it ->
            it.state() == LifecycleState.DEPLOYMENT || it.state() == LifecycleState.MONITORING)
        .ifPresent(standing -> openReview(by, candidate, standing));
  }

  private boolean isNewFinding(String model) {
    return governance.index().places(EntryIndex.key(FindingRaised.KIND, model)).stream()
        .map(place -> FindingRaised.of(governance.ledger().entry(place)).finding())
        .noneMatch(FindingRaised.NOT_IN_INVENTORY::equals);
  }

  private void openReview(Principal by, LoadCandidate candidate, ModelStanding standing) {
    Set<ReviewTrigger> triggers = EnumSet.noneOf(ReviewTrigger.class);
    Optional<ModelBuild> recorded = standing.record().flatMap(it -> it.what().record().build());
    recorded.ifPresent(build ->
        candidate.build(governance.runtime()).changes(build).stream()
            .map(ReviewTrigger::of)
            .forEach(triggers::add));
    String policy = governance.policy().digest();
    boolean samePolicy =
        standing.deployed().keySet().stream()
            .map(governance.evidence()::tuple)
            .flatMap(Optional::stream)
            .anyMatch(tuple -> tuple.policy().equals(policy));
    if (!samePolicy) {
      triggers.add(ReviewTrigger.POLICY);
    }
    if (triggers.isEmpty()) {
      return;
    }
    governance
        .ledger()
        .append(
            new ModelMoved(
                    standing.id(),
                    standing.state(),
                    LifecycleState.REVIEW,
                    Optional.empty(),
                    List.copyOf(new TreeSet<>(triggers)),
                    false,
                    "the loader found that something has changed",
                    by.name())
                .entry());
  }

  private void refuse(Principal by, LoadCandidate candidate, Clearance clearance) {
    EvidenceStatus status = clearance.status().orElseThrow();
    String tuple =
        governance.evidence().put(status.tuple().text().getBytes(StandardCharsets.US_ASCII));
    governance
        .ledger()
        .append(
            new LoadRefused(
                    candidate.name(),
                    status.id(),
                    candidate.model(),
                    tuple,
                    codes(clearance),
                    by.name())
                .entry());
    throw refused(candidate, clearance);
  }

  private static String codes(Clearance clearance) {
    return clearance.obstacles().stream()
        .map(EvidenceStatus.Obstacle::code)
        .collect(Collectors.joining(" "));
  }

  private static GovernanceException refused(LoadCandidate candidate, Clearance clearance) {
    return new GovernanceException(
        "load-refused",
        candidate.name()
            + " may not be used: "
            + clearance.obstacles().stream()
                .map(EvidenceStatus.Obstacle::what)
                .collect(Collectors.joining("; ")),
        clearance.obstacles().stream()
            .map(EvidenceStatus.Obstacle::command)
            .distinct()
            .collect(Collectors.joining("; ", "What would help: ", ".")));
  }
}
