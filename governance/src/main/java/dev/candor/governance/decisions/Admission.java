package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.consent.Consent;
import dev.candor.governance.consent.ConsentRegister;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyInput;
import dev.candor.governance.policy.PolicyVerdict;
import dev.candor.ledger.entries.DecisionRefused;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Who asks, what the data subject has agreed to, what the policy says: before anything is read. */
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
   * @param keptUnder the key under which prompt and answer are kept: that of the data subject, or
   *     one of the decision's own
   */
  record Admitted(
      Optional<String> subject,
      OptionalLong consent,
      String policy,
      String rule,
      String keptUnder) {}

  /**
   * Admits a decision, or records that it was refused.
   *
   * @throws GovernanceException {@code governance.not-permitted}, {@code governance.refused} naming
   *     the rule
   */
  Admitted admit(DecisionRequest request, String decision) {
    Principal principal = request.principal();
    Authority.require(principal, Action.ASK);
    Optional<String> subject = request.subject().map(governance.vault()::pseudonym);
    Instant now = governance.clock().instant();
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
    if (!verdict.allowed()) {
      governance
          .ledger()
          .append(
              new DecisionRefused(
                      decision,
                      principal.name(),
                      request.purpose(),
                      subject,
                      policy.digest(),
                      verdict.rule(),
                      verdict.reason())
                  .entry());
      throw new GovernanceException(
          "refused",
          "the policy refuses this by its rule " + verdict.rule() + ": " + verdict.reason(),
          "candor policy explain shows what each rule says; decision " + decision + " records it.");
    }
    return new Admitted(
        subject,
        consent.map(it -> OptionalLong.of(it.index())).orElse(OptionalLong.empty()),
        policy.digest(),
        verdict.rule(),
        subject.orElseGet(() -> governance.keyOf(decision)));
  }

  static PolicyInput.Request facts(DecisionRequest request) {
    DecisionTask task = request.task();
    return new PolicyInput.Request(
        request.purpose(),
        request.principal().name(),
        request.principal().roleKeys(),
        task.name(),
        switch (task) {
          case DecisionTask.Generate it -> List.of();
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
