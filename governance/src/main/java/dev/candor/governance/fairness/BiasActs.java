package dev.candor.governance.fairness;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.provenance.attestations.SigningKey;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What people do about tests for bias: commit to a plan, and record what a run by it came to. */
public final class BiasActs {

  private final Governance governance;

  /** Acts on the tests of a device. */
  public BiasActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * What was recorded.
   *
   * @param entry index of the entry
   * @param document what lies on the shelf of evidence
   * @param digest SHA-256 of it
   */
  public record Recorded(long entry, byte[] document, String digest) {}

  /**
   * Binds to a plan before the run. The plan and the tuple are durable before the entry names them.
   *
   * @param yaml the plan's file
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}, or as {@link BiasPlan#parse}
   */
  public long commit(Principal by, byte[] yaml, BiasSets sets, DigestTuple tuple) {
    Authority.require(by, Action.RECORD_EVIDENCE);
    BiasPlan plan = BiasPlan.parse(yaml);
    String file = governance.evidence().put(yaml);
    String about = governance.evidence().put(tuple.text().getBytes(StandardCharsets.US_ASCII));
    return governance
        .ledger()
        .append(
            new ThresholdsCommitted(
                    about, tuple.model(), file, plan.name(), sets.digest(), by.name())
                .entry())
        .index();
  }

  /**
   * The commitment to just this plan, these sets and this model; of several the last.
   *
   * @throws GovernanceException {@code governance.bias-not-committed}; {@code
   *     governance.bias-plan-changed}, {@code governance.bias-sets-changed} or {@code
   *     governance.bias-model-changed} if there is one to something else of the same name
   */
  public Commitment requireCommitment(BiasPlan plan, BiasSets sets, DigestTuple tuple) {
    governance.ledger().refresh();
    Optional<GovernanceException> almost = Optional.empty();
    List<Long> places = governance.index().places(EntryIndex.key(ThresholdsCommitted.KIND, ""));
    for (long place : places.reversed()) {
      Entry entry = governance.ledger().entry(place);
      ThresholdsCommitted committed = ThresholdsCommitted.of(entry);
      boolean samePlan = committed.plan().equals(plan.digest());
      boolean sameSets = committed.sets().equals(sets.digest());
      boolean sameTuple = committed.tuple().equals(tuple.digest());
      if (samePlan && sameSets && sameTuple) {
        return new Commitment(plan, sets, tuple, committed, place, entry.required("at"));
      }
      boolean sameModel = committed.model().equals(tuple.model());
      if (almost.isEmpty() && samePlan && !sameTuple) {
        almost = Optional.of(changed("model", place, modelChange(committed, tuple)));
      } else if (almost.isEmpty() && samePlan) {
        almost =
            Optional.of(changed("sets", place, "its sets are not the ones that were committed to"));
      } else if (almost.isEmpty() && sameModel && committed.name().equals(plan.name())) {
        almost = Optional.of(changed("plan", place, "it is not the plan that was committed to"));
      }
    }
    throw almost.orElseGet(() ->
        new GovernanceException(
            "bias-not-committed",
            "nobody has committed to the plan '" + plan.name() + "' for this model",
            "Commit to it before the run: candor bias plan commit FILE --model MODEL."));
  }

  private String modelChange(ThresholdsCommitted committed, DigestTuple tuple) {
    return governance
        .evidence()
        .tuple(committed.tuple())
        .map(before ->
            "the model it is for differs in " + String.join(", ", tuple.differences(before)))
        .orElse("it is for another model");
  }

  private static GovernanceException changed(String what, long place, String why) {
    return new GovernanceException(
        "bias-" + what + "-changed",
        "entry " + place + " commits to a plan of this name; " + why,
        "Commit to what is to be run now: candor bias plan commit FILE --model MODEL. The earlier"
            + " commitment stays on record.");
  }

  /** How often results were recorded for this model as it is before, whatever they were. */
  public int runs(DigestTuple tuple) {
    return (int)
        governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, tuple.digest())).stream()
            .map(place -> EvidenceRecorded.of(governance.ledger().entry(place)))
            .filter(evidence -> evidence.kind() == EvidenceKind.BIAS)
            .count();
  }

  /**
   * Records what a run came to, whichever way. The document is a statement about the model, signed
   * if there is a key.
   *
   * @param modelName as the user calls the model
   * @param until when the evidence ends, if it does
   * @throws GovernanceException {@code governance.not-permitted}
   * @throws IllegalArgumentException if the run was by another plan than the commitment's
   */
  public Recorded record(
      Principal by,
      Commitment commitment,
      BiasRun.Result result,
      String modelName,
      Optional<SigningKey> key,
      Optional<Instant> until) {
    Authority.require(by, Action.RECORD_EVIDENCE);
    if (!result.plan().equals(commitment.plan().digest())
        || !result.sets().equals(commitment.sets().digest())) {
      throw new IllegalArgumentException("the run was not by the plan that was committed to");
    }
    String answers = governance.evidence().put(result.answers());
    byte[] document =
        new BiasDocument(commitment, result, modelName, governance.runtime(), answers).bytes(key);
    long entry =
        new EvidenceActs(governance)
            .record(
                by,
                commitment.tuple(),
                EvidenceKind.BIAS,
                result.verdict(),
                document,
                until,
                OptionalLong.of(commitment.entry()));
    return new Recorded(entry, document, DigestTuple.sha256(document));
  }
}
