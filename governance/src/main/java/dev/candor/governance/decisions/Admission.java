package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.consent.Consent;
import dev.candor.governance.consent.ConsentRegister;
import dev.candor.governance.consent.ConsentWithdrawal;
import dev.candor.governance.loading.EvidenceGate;
import dev.candor.governance.loading.LoadCandidate;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyInput;
import dev.candor.governance.policy.PolicyVerdict;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.storage.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Who asks, what the data subject has agreed to, what the policy says, what speaks for the model:
 * before anything is read.
 */
final class Admission {

  private final Governance governance;

  Admission(Governance governance) {
    this.governance = governance;
  }

  /**
   * That a decision may be made.
   *
   * @param subject pseudonym of the data subject
   * @param consent index of the entry that the consent rests on
   * @param policy SHA-256 of the policy
   * @param rule that allowed it
   * @param tuple what the gate of the loader has asked about, where it asks
   * @param asOf how many entries the ledger had then
   * @param keptUnder the key under which prompt and answer are kept: that of the data subject, or
   *     one of the decision's own
   */
  record Admitted(
      Optional<String> subject,
      OptionalLong consent,
      String policy,
      String rule,
      Optional<String> tuple,
      long asOf,
      String keptUnder) {}

  /**
   * Admits a decision, or records that it was refused.
   *
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.refused} naming
   *     the rule, {@code governance.load-refused}, {@code governance.outside-approval}
   */
  Admitted admit(DecisionRequest request, String decision) {
    Principal principal = request.principal();
    Authority.require(principal, Action.ASK);
    Optional<String> subject = request.subject().map(governance.vault()::pseudonym);
    long asOf = governance.ledger().size();
    Judgement judgement = judge(request, subject, governance.clock().instant());
    if (!judgement.verdict().allowed()) {
      record(request, decision, subject, judgement, judgement.verdict());
      throw refused(judgement.verdict(), decision);
    }
    Optional<String> tuple;
    try {
      tuple = clear(request);
    } catch (GovernanceException e) {
      PolicyVerdict verdict =
          new PolicyVerdict(
              false,
              PolicyVerdict.EVIDENCE_GATE,
              String.valueOf(e.getMessage()),
              judgement.verdict().trace());
      record(request, decision, subject, judgement, verdict);
      throw e;
    }
    return new Admitted(
        subject,
        judgement.consent().map(it -> OptionalLong.of(it.index())).orElse(OptionalLong.empty()),
        judgement.policy(),
        judgement.verdict().rule(),
        tuple,
        asOf,
        subject.orElseGet(() -> governance.keyOf(decision)));
  }

  private void record(
      DecisionRequest request,
      String decision,
      Optional<String> subject,
      Judgement judgement,
      PolicyVerdict verdict) {
    governance
        .ledger()
        .append(
            new DecisionRefused(
                    decision,
                    governance.nameBeside(request.principal(), subject),
                    request.purpose(),
                    subject,
                    judgement.policy(),
                    verdict.rule(),
                    verdict.reason())
                .entry());
  }

  /** What the gate of the loader asks about, if it asks and lets the decision be made. */
  private Optional<String> clear(DecisionRequest request) {
    EvidenceGate.Clearance clearance = governance.gate().again(candidate(request));
    PolicyInput.Request facts = facts(request);
    clearance
        .violation(request.purpose(), facts.kind(), facts.promptTokens(), facts.maximumTokens())
        .ifPresent(why -> {
          throw new GovernanceException(
              "outside-approval",
              request.model().name() + " was not approved for this: " + why,
              "Ask within its limits (candor evidence "
                  + request.model().name()
                  + " shows them), or let it be approved for this.");
        });
    return clearance.tuple();
  }

  private static LoadCandidate candidate(DecisionRequest request) {
    List<String> beside = new ArrayList<>();
    request.model().adapterDigest().ifPresent(beside::add);
    DecisionLog.head(request.task()).ifPresent(beside::add);
    return new LoadCandidate(request.model().name(), request.model().language(), beside);
  }

  /**
   * Judges again where something came between the judgement and the beginning on record: a consent
   * withdrawn or expired, another policy.
   *
   * @param started the beginning
   * @return why it may not go on, if so
   */
  Optional<GovernanceException> overtaken(
      DecisionRequest request, Admitted admitted, Ledger.Appended started) {
    boolean acts = false;
    boolean evidence = false;
    for (long place = admitted.asOf(); place < started.index(); place++) {
      String kind = governance.ledger().entry(place).kind();
      acts |= kind.equals(ConsentWithdrawal.KIND) || kind.equals(PolicyAdopted.KIND);
      evidence |= EvidenceGate.isChangedBy(kind);
    }
    if (evidence) {
      try {
        var _ = clear(request);
      } catch (GovernanceException e) {
        return Optional.of(e);
      }
    }
    if (!acts && admitted.consent().isEmpty()) {
      return Optional.empty();
    }
    Instant at = Instant.parse(started.entry().required("at"));
    Judgement judgement = judge(request, admitted.subject(), at);
    boolean same =
        judgement.verdict().allowed()
            && judgement.policy().equals(admitted.policy())
            && judgement
                .consent()
                .map(Consent::index)
                .equals(
                    admitted.consent().isPresent()
                        ? Optional.of(admitted.consent().getAsLong())
                        : Optional.empty());
    return same
        ? Optional.empty()
        : Optional.of(
            judgement.verdict().allowed()
                ? new GovernanceException(
                    "overtaken",
                    "consent or policy changed while the decision began",
                    "Ask again: it is then judged by what holds now.")
                : refused(judgement.verdict(), started.entry().required("decision")));
  }

  private record Judgement(Optional<Consent> consent, String policy, PolicyVerdict verdict) {}

  private Judgement judge(DecisionRequest request, Optional<String> subject, Instant now) {
    Optional<ConsentRegister> consents = subject.map(governance::consentsOf);
    Optional<Consent> consent =
        subject.flatMap(it -> consents.orElseThrow().alive(it, request.purpose(), now));
    Policy policy = governance.policy();
    PolicyVerdict verdict =
        policy.decide(
            new PolicyInput(
                facts(request),
                new PolicyInput.ConsentFacts(
                    consent.isPresent(),
                    subject.map(it -> consents.orElseThrow().purposes(it, now)).orElse(List.of())),
                model(request.model()),
                request.model().adapterDigest().orElse("")));
    return new Judgement(consent, policy.digest(), verdict);
  }

  private static GovernanceException refused(PolicyVerdict verdict, String decision) {
    return new GovernanceException(
        "refused",
        "the policy refuses this by its rule " + verdict.rule() + ": " + verdict.reason(),
        "candor policy explain shows what each rule says; decision " + decision + " records it.");
  }

  static PolicyInput.Request facts(DecisionRequest request) {
    DecisionTask task = request.task();
    return new PolicyInput.Request(
        request.purpose(),
        request.principal().name(),
        request.principal().roleKeys(),
        task.name(),
        switch (task) {
          case DecisionTask.Generate _, DecisionTask.Embed _ -> List.of();
          case DecisionTask.Choose it -> it.choices();
          case DecisionTask.Head it -> it.head().labels();
        },
        request.subject().isPresent(),
        task.promptTokens(),
        task instanceof DecisionTask.Generate it ? it.request().maximumTokens() : 0);
  }

  private static PolicyInput.ModelFacts model(ModelIdentity model) {
    return new PolicyInput.ModelFacts(
        model.name(), model.digest(), model.language().architecture(), model.weightBytes());
  }
}
