package dev.candor.governance.loading;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.ExemptionGranted;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.ModelApproved;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.ModelStanding.Placed;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.inventory.RatingRule;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds out what the ledger says of a tuple. It looks up what is about the tuple, and no more. */
public final class EvidenceCheck {

  private final Governance governance;
  private final Inventory inventory;

  /** Of a device. */
  public EvidenceCheck(Governance governance) {
    this.governance = governance;
    this.inventory = new Inventory(governance);
  }

  /** Evidence that was recorded, and where. */
  private record Recorded(long index, EvidenceRecorded evidence) {}

  /** A waiver that was granted, and where. */
  private record Waiver(long index, WaiverGranted granted) {}

  /**
   * What the ledger says.
   *
   * @param tuple of what was mapped, under the policy in force
   * @param id under which the model is in the inventory, if it is
   * @param now when
   */
  public EvidenceStatus status(DigestTuple tuple, Optional<String> id, Instant now) {
    String digest = tuple.digest();
    Optional<ModelStanding> standing = id.map(inventory::standing);
    Optional<RiskRating> rating = standing.flatMap(ModelStanding::rating);
    RatingRule rule = RatingMethod.standard().rule(rating);
    Optional<Placed<ExemptionGranted>> exemption =
        rating.equals(Optional.of(RiskRating.NEGLIGIBLE))
            ? standing.flatMap(ModelStanding::exemption)
            : Optional.empty();
    boolean exempt =
        exemption
            .filter(it -> ModelStanding.isAlive(Optional.of(it.what().until()), now))
            .isPresent();
    List<Recorded> recorded = recorded(EntryIndex.key(EvidenceRecorded.KIND, digest));
    List<Recorded> others = others(tuple, standing);
    List<Waiver> waivers = waivers(digest, standing, now);
    List<EvidenceItem> items = new ArrayList<>();
    for (EvidenceKind kind : EvidenceKind.values()) {
      boolean required = rule.evidence().contains(kind);
      EvidenceItem item =
          kind == EvidenceKind.APPROVAL
              ? approval(digest, standing, exemption, now, tuple)
              : item(kind, tuple, recorded, others, now);
      EvidenceItem weighed = waived(item, required, waivers);
      if (required || weighed.state() != EvidenceState.MISSING) {
        items.add(weighed);
      }
    }
    Optional<ModelApproved> approved =
        standing.flatMap(it -> it.approval(digest)).map(Placed::what);
    return new EvidenceStatus(
        tuple,
        id,
        rating,
        standing.map(ModelStanding::state),
        items,
        exempt,
        approved.map(ModelApproved::limits).orElse(ModelLimits.NONE),
        approved
            .map(ModelApproved::weights)
            .or(() ->
                standing
                    .flatMap(ModelStanding::record)
                    .flatMap(it -> it.what().record().build())
                    .map(build -> build.weights())),
        Stream.concat(
                exempt ? exemption.stream().map(it -> it.what().until()) : Stream.empty(),
                ends(items, exempt))
            .min(Instant::compareTo));
  }

  /** A waiver may stand for what has failed, of an exempt model too. */
  private static Stream<Instant> ends(List<EvidenceItem> items, boolean exempt) {
    return items.stream()
        .filter(item -> item.required() && !exempt || item.state() == EvidenceState.WAIVED)
        .flatMap(item -> item.until().stream());
  }

  private List<Recorded> recorded(String key) {
    List<Recorded> recorded = new ArrayList<>();
    for (long place : governance.index().places(key)) {
      try {
        recorded.add(new Recorded(place, EvidenceRecorded.of(governance.ledger().entry(place))));
      } catch (GovernanceException | LedgerException e) {
        // Of a kind that this version does not know: it speaks for nothing here.
        continue;
      }
    }
    return recorded;
  }

  /** Evidence about what the model was when it was recorded, approved or put to use. */
  private List<Recorded> others(DigestTuple tuple, Optional<ModelStanding> standing) {
    Set<String> about = new TreeSet<>();
    about.add(tuple.model());
    standing
        .flatMap(ModelStanding::record)
        .flatMap(it -> it.what().record().build())
        .ifPresent(build -> about.add(build.model()));
    standing.ifPresent(it -> {
      about.addAll(it.deployed().keySet());
      it.lastApproval().ifPresent(approval -> about.add(approval.what().tuple()));
    });
    about.remove(tuple.digest());
    List<Recorded> others = new ArrayList<>();
    for (String key : about) {
      others.addAll(recorded(EntryIndex.key(EvidenceRecorded.KIND, key)));
    }
    others.removeIf(it -> it.evidence().tuple().equals(tuple.digest()));
    return others;
  }

  private EvidenceItem item(
      EvidenceKind kind,
      DigestTuple tuple,
      List<Recorded> recorded,
      List<Recorded> others,
      Instant now) {
    Optional<Recorded> last =
        recorded.stream().filter(it -> it.evidence().kind() == kind).reduce((_, later) -> later);
    if (last.isEmpty()) {
      return others.stream()
          .filter(it -> it.evidence().kind() == kind)
          .reduce((_, later) -> later)
          .map(it ->
              new EvidenceItem(
                  kind,
                  false,
                  EvidenceState.VOID,
                  OptionalLong.of(it.index()),
                  Optional.of(it.evidence().document()),
                  it.evidence().until(),
                  changed(tuple, it.evidence().tuple())))
          .orElseGet(() -> missing(kind));
    }
    EvidenceRecorded evidence = last.get().evidence();
    EvidenceState state =
        evidence.verdict() == Verdict.FAIL
            ? EvidenceState.FAILED
            : evidence.verdict() == Verdict.INSUFFICIENT_DATA
                ? EvidenceState.INSUFFICIENT_DATA
                : !ModelStanding.isAlive(evidence.until(), now)
                    ? EvidenceState.EXPIRED
                    : governance.evidence().find(evidence.document()).isEmpty()
                        ? EvidenceState.DOCUMENT_GONE
                        : EvidenceState.ALIVE;
    return new EvidenceItem(
        kind,
        false,
        state,
        OptionalLong.of(last.get().index()),
        Optional.of(evidence.document()),
        evidence.until(),
        state == EvidenceState.EXPIRED ? "at " + evidence.until().orElseThrow() : "");
  }

  private EvidenceItem approval(
      String digest,
      Optional<ModelStanding> standing,
      Optional<Placed<ExemptionGranted>> exemption,
      Instant now,
      DigestTuple tuple) {
    Optional<Placed<ModelApproved>> approval = standing.flatMap(it -> it.approval(digest));
    if (approval.isPresent() && standing.orElseThrow().outgrows(approval.get().what())) {
      return new EvidenceItem(
          EvidenceKind.APPROVAL,
          false,
          EvidenceState.VOID,
          OptionalLong.of(approval.get().index()),
          Optional.empty(),
          approval.get().what().until(),
          "it was approved as one rated "
              + approval.get().what().rating().key()
              + ", its rating is higher now");
    }
    if (approval.isPresent()) {
      boolean alive = ModelStanding.isAlive(approval.get().what().until(), now);
      boolean deployed = standing.orElseThrow().isDeployed(digest);
      return new EvidenceItem(
          EvidenceKind.APPROVAL,
          false,
          !alive
              ? EvidenceState.EXPIRED
              : deployed ? EvidenceState.ALIVE : EvidenceState.NOT_DEPLOYED,
          OptionalLong.of(approval.get().index()),
          Optional.empty(),
          approval.get().what().until(),
          alive ? "" : "at " + approval.get().what().until().orElseThrow());
    }
    Optional<Placed<ModelApproved>> before = standing.flatMap(ModelStanding::lastApproval);
    if (before.isPresent()) {
      boolean same = before.get().what().tuple().equals(digest);
      return new EvidenceItem(
          EvidenceKind.APPROVAL,
          false,
          EvidenceState.VOID,
          OptionalLong.of(before.get().index()),
          Optional.empty(),
          before.get().what().until(),
          same ? "it was withdrawn" : changed(tuple, before.get().what().tuple()));
    }
    return exemption
        .map(it ->
            new EvidenceItem(
                EvidenceKind.APPROVAL,
                false,
                EvidenceState.EXPIRED,
                OptionalLong.of(it.index()),
                Optional.empty(),
                Optional.of(it.what().until()),
                "the exemption, at " + it.what().until()))
        .orElseGet(() -> missing(EvidenceKind.APPROVAL));
  }

  private static EvidenceItem missing(EvidenceKind kind) {
    return new EvidenceItem(
        kind,
        false,
        EvidenceState.MISSING,
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        "");
  }

  /** What is another than when the evidence was made. */
  private String changed(DigestTuple tuple, String then) {
    Optional<DigestTuple> before = governance.evidence().tuple(then);
    if (before.isEmpty()) {
      return "it is about tuple " + then;
    }
    List<String> parts = tuple.differences(before.get());
    return String.join(", ", parts) + (parts.size() == 1 ? " has changed" : " have changed");
  }

  /** Those that hold: neither ended nor expired, and granted by somebody else than the maker. */
  private List<Waiver> waivers(String digest, Optional<ModelStanding> standing, Instant now) {
    List<Waiver> alive = new ArrayList<>();
    if (standing.isEmpty()) {
      return alive;
    }
    Set<Long> ended = new HashSet<>();
    for (long place : governance.index().places(EntryIndex.key(WaiverEnded.KIND, digest))) {
      ended.add(WaiverEnded.of(governance.ledger().entry(place)).waiver());
    }
    for (long place : governance.index().places(EntryIndex.key(WaiverGranted.KIND, digest))) {
      Entry entry = governance.ledger().entry(place);
      try {
        WaiverGranted granted = WaiverGranted.of(entry);
        standing.get().rules().requireIndependent(granted.by(), "waive evidence");
        if (!ended.contains(place)
            && ModelStanding.isAlive(Optional.of(granted.until()), now)
            && granted.id().equals(standing.get().id())) {
          alive.add(new Waiver(place, granted));
        }
      } catch (GovernanceException | LedgerException e) {
        // A waiver that nobody could grant waives nothing.
        continue;
      }
    }
    return alive;
  }

  private static EvidenceItem waived(EvidenceItem item, boolean required, List<Waiver> waivers) {
    Optional<Waiver> waiver =
        item.state().isEnough() || item.kind() == EvidenceKind.APPROVAL
            ? Optional.empty()
            : waivers.stream()
                .filter(it -> it.granted().kind() == item.kind())
                .reduce((_, later) -> later);
    return waiver
        .map(it ->
            new EvidenceItem(
                item.kind(),
                required,
                EvidenceState.WAIVED,
                OptionalLong.of(it.index()),
                item.document(),
                Optional.of(it.granted().until()),
                it.granted().by()
                    + ": "
                    + it.granted().reason()
                    + " (else "
                    + item.state().key()
                    + ")"))
        .orElseGet(() ->
            new EvidenceItem(
                item.kind(),
                required,
                item.state(),
                item.entry(),
                item.document(),
                item.until(),
                item.why()));
  }
}
