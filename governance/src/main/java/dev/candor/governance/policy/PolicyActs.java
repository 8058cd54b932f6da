package dev.candor.governance.policy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.consent.ConsentRegister;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.PolicyAdopted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What people do about policies: see which one holds, put one into force, ask what it would say.
 */
public final class PolicyActs {

  private final Governance governance;

  /** Acts on the policy of a device. */
  public PolicyActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * A policy, and the entry that put it into force.
   *
   * @param text its file
   * @param adopted index of that entry; none of the policy that Candor comes with
   * @param at when that was, as the ledger stamps it
   * @param by who did it
   */
  public record InForce(
      Policy policy, String text, OptionalLong adopted, Optional<String> at, Optional<String> by) {}

  /**
   * A request that nobody makes, to see what would become of it.
   *
   * @param principal who would ask
   * @param subject whose data it would be about, as requests name it
   * @param purpose what for
   * @param kind {@code generate}, {@code choose}, {@code head} or {@code embed}
   * @param labels what might be chosen
   * @param promptTokens tokens of the prompt
   * @param maximumTokens most tokens of the answer
   * @param model what would answer
   * @param adapter SHA-256 of an adapter, empty for none
   */
  public record Question(
      Principal principal,
      Optional<String> subject,
      String purpose,
      String kind,
      List<String> labels,
      long promptTokens,
      long maximumTokens,
      PolicyInput.ModelFacts model,
      String adapter) {}

  /**
   * What would become of a request.
   *
   * @param mayAsk whether the roles of who asks allow to ask at all, which comes before the policy
   * @param consent whether a consent of the data subject for the purpose is alive
   * @param verdict of the policy
   */
  public record Explanation(boolean mayAsk, boolean consent, PolicyVerdict verdict) {}

  /**
   * The bytes of a policy file; no more is read than a policy may have.
   *
   * @throws GovernanceException {@code governance.policy-too-large}
   * @throws UncheckedIOException if there is no such file
   */
  public static byte[] read(Path file) {
    try {
      return PolicyReader.bytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The policy that holds now.
   *
   * @throws GovernanceException {@code governance.policy-missing} or {@code
   *     governance.policy-altered}
   */
  public InForce inForce() {
    governance.ledger().refresh();
    OptionalLong place = governance.index().last(EntryIndex.key(PolicyAdopted.KIND, ""));
    if (place.isEmpty()) {
      return new InForce(
          governance.policies().standard(),
          text(Policy.standardText()),
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty());
    }
    Entry entry = governance.ledger().entry(place.getAsLong());
    PolicyAdopted adopted = PolicyAdopted.of(entry);
    return new InForce(
        governance.policies().require(adopted.policy()),
        text(governance.policies().text(adopted.policy())),
        place,
        entry.value("at"),
        Optional.of(adopted.by()));
  }

  private static String text(byte[] yaml) {
    return new String(yaml, StandardCharsets.UTF_8);
  }

  /**
   * Puts a policy into force: for every decision that begins after the entry, in whatever process.
   * Its file is durable before the entry names it.
   *
   * @param yaml the file
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}, or as {@link
   *     Policy#parse(String)}; then nothing has changed
   */
  public long adopt(Principal by, byte[] yaml) {
    Authority.require(by, Action.CHANGE_POLICY);
    Policy policy = governance.policies().put(yaml);
    return governance
        .ledger()
        .append(new PolicyAdopted(policy.digest(), policy.name(), by.name()).entry())
        .index();
  }

  /**
   * What a policy would say of a request. Nothing is recorded, for nothing is decided.
   *
   * @param policy the one that holds, or one that might
   */
  public Explanation explain(Policy policy, Question question) {
    Optional<ConsentRegister> consents = Optional.empty();
    Optional<String> pseudonym = question.subject().map(governance.vault()::pseudonym);
    if (pseudonym.isPresent()) {
      governance.ledger().refresh();
      consents = pseudonym.map(governance::consentsOf);
    }
    Instant now = governance.clock().instant();
    String subject = pseudonym.orElse("");
    boolean given = consents.flatMap(it -> it.alive(subject, question.purpose(), now)).isPresent();
    PolicyInput input =
        new PolicyInput(
            new PolicyInput.Request(
                question.purpose(),
                question.principal().name(),
                question.principal().roleKeys(),
                question.kind(),
                question.labels(),
                pseudonym.isPresent(),
                question.promptTokens(),
                question.maximumTokens()),
            new PolicyInput.ConsentFacts(
                given, consents.map(it -> it.purposes(subject, now)).orElse(List.of())),
            question.model(),
            question.adapter());
    return new Explanation(
        Authority.permits(question.principal(), Action.ASK), given, policy.decide(input));
  }
}
