package dev.candor.governance.loading;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.RatingMethod;
import dev.candor.governance.register.EntryIndex;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What people do about the loader: say how much it asks for, waive what it asks for. */
public final class LoaderActs {

  private static final int MOST_REASON = 1_000;

  private final Governance governance;

  /** Acts on the loader of a device. */
  public LoaderActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * Says what the loader does from here on, in every process.
   *
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}
   */
  public long mode(Principal by, LoaderMode mode) {
    Authority.require(by, Action.CHANGE_LOADER);
    return governance.ledger().append(new LoaderModeSet(mode, by.name()).entry()).index();
  }

  /**
   * Waives a kind of evidence for a model as it is on record and under the policy in force.
   *
   * @param until when the waiver ends: at the latest when the model is to be reviewed again
   * @param reason why
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.model-unknown},
   *     {@code governance.no-build}; {@code governance.four-eyes} for its developer or owner;
   *     {@code governance.waiver} for an approval, which is not waived, and for an end that is not
   *     to come or too far away
   */
  public long waive(Principal by, String id, EvidenceKind kind, Instant until, String reason) {
    Authority.require(by, Action.WAIVE_EVIDENCE);
    RecordedText.line("reason", reason, MOST_REASON);
    DigestTuple tuple = new InventoryActs(governance).tuple(id);
    ModelStanding standing = new Inventory(governance).require(id);
    standing.rules().requireIndependent(by.name(), "waive evidence about this model");
    if (kind == EvidenceKind.APPROVAL) {
      throw new GovernanceException(
          "waiver", "an approval is not waived", "Approve the model: candor approve " + id + ".");
    }
    Instant now = governance.now();
    Instant latest = RatingMethod.standard().rule(standing.rating()).latest(now);
    if (!now.isBefore(until) || until.isAfter(latest)) {
      throw new GovernanceException(
          "waiver",
          "the waiver ends at " + until + ", allowed is after " + now + " and until " + latest,
          "Give such an end: --until INSTANT.");
    }
    String digest = governance.evidence().put(tuple.text().getBytes(StandardCharsets.US_ASCII));
    return governance
        .ledger()
        .append(new WaiverGranted(id, digest, kind, reason, until, by.name()).entry())
        .index();
  }

  /**
   * Ends a waiver before its time.
   *
   * @param waiver index of the entry that granted it
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}; {@code governance.waiver} if that
   *     entry grants none, or it was ended before
   */
  public long endWaiver(Principal by, long waiver, String reason) {
    Authority.require(by, Action.WAIVE_EVIDENCE);
    RecordedText.line("reason", reason, MOST_REASON);
    governance.ledger().refresh();
    if (!governance.index().places(EntryIndex.key(WaiverGranted.KIND, "")).contains(waiver)) {
      throw new GovernanceException(
          "waiver",
          "entry " + waiver + " grants no waiver",
          "candor evidence MODEL shows the entry of each waiver.");
    }
    WaiverGranted granted = WaiverGranted.of(governance.ledger().entry(waiver));
    return governance
        .ledger()
        .append(new WaiverEnded(waiver, granted.id(), granted.tuple(), reason, by.name()).entry())
        .index();
  }
}
