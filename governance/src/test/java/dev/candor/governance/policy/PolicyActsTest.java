package dev.candor.governance.policy;

import static dev.candor.governance.TestHome.ANNA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.consent.ConsentActs;
import dev.candor.ledger.entries.PolicyAdopted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyActsTest {

  private static final String DRAFTS =
      """
      version: 1
      name: drafts only
      allow:
        - id: drafts
          when: request.purpose == 'drafting' && !request.subject
          reason: Drafts name nobody.
      """;

  private @TempDir Path folder;
  private TestHome home;
  private Governance governance;
  private PolicyActs acts;

  @BeforeEach
  void open() {
    home = new TestHome(folder);
    governance = home.open();
    acts = new PolicyActs(governance);
  }

  @AfterEach
  void close() {
    governance.close();
  }

  private static void assertRefused(String reason, ThrowingCallable act) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(act)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  private static PolicyActs.Question question(
      Principal principal, String purpose, Optional<String> subject) {
    return new PolicyActs.Question(
        principal,
        subject,
        purpose,
        "generate",
        List.of(),
        10,
        20,
        new PolicyInput.ModelFacts("mini", "", "llama", 0),
        "");
  }

  @Test
  void whatCannotBeKeptLeavesNothingBehind() throws IOException {
    Path shelf = home.path().resolve("policies");
    Policy policy = Policy.parse(DRAFTS.getBytes(UTF_8));
    Path inTheWay = Files.createDirectories(shelf.resolve(policy.digest() + ".yaml/x"));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> acts.adopt(ANNA, DRAFTS.getBytes(UTF_8)));
    try (Stream<Path> left = Files.list(shelf)) {
      assertThat(left).containsExactly(inTheWay.getParent());
    }
    assertThat(governance.ledger().size()).isZero();
  }

  @Test
  void holdsInEveryProcessFromItsEntryOn() {
    PolicyActs.InForce before = acts.inForce();
    assertThat(before.policy().digest()).isEqualTo(Policy.standard().digest());
    assertThat(before.text().getBytes(UTF_8)).isEqualTo(Policy.standardText());
    assertThat(before.adopted()).isEmpty();
    long entry;
    try (Governance other = home.open()) {
      entry = new PolicyActs(other).adopt(ANNA, DRAFTS.getBytes(UTF_8));
    }
    PolicyActs.InForce now = acts.inForce();
    assertThat(now.text()).isEqualTo(DRAFTS);
    assertThat(now.policy().digest()).isEqualTo(Policy.parse(DRAFTS).digest());
    assertThat(now.adopted()).hasValue(entry);
    assertThat(now.by()).hasValue("anna");
    assertThat(now.at()).hasValue("2026-11-30T09:00:00.000000000Z");
    assertThat(governance.policy().name()).isEqualTo("drafts only");
    acts.adopt(ANNA, Policy.standardText());
    assertThat(acts.inForce().policy().name()).isEqualTo("local work");
  }

  @Test
  void whatIsRefusedChangesNothing() {
    Principal operator = Principal.of("bob", List.of(Role.INVOKE, Role.OPERATE, Role.AUDIT));
    assertRefused("not-permitted", () -> acts.adopt(operator, DRAFTS.getBytes(UTF_8)));
    assertRefused(
        "policy-expression",
        () -> acts.adopt(ANNA, DRAFTS.replace("subject", "subjekt").getBytes(UTF_8)));
    assertThat(home.path().resolve("policies")).doesNotExist();
    assertThat(governance.ledger().size()).isZero();
    assertThat(acts.inForce().policy().name()).isEqualTo("local work");
  }

  @Test
  void anAlteredPolicyIsNeitherShownNorFollowed() throws IOException {
    acts.adopt(ANNA, DRAFTS.getBytes(UTF_8));
    Path file = home.path().resolve("policies/" + Policy.parse(DRAFTS).digest() + ".yaml");
    Files.writeString(file, DRAFTS.replace("!request.subject", "true"));
    try (Governance other = home.open()) {
      assertRefused("policy-altered", () -> new PolicyActs(other).inForce());
      assertRefused("policy-altered", other::policy);
      new PolicyActs(other).adopt(ANNA, DRAFTS.getBytes(UTF_8));
      assertThat(new PolicyActs(other).inForce().text()).isEqualTo(DRAFTS);
    }
    Files.delete(file);
    try (Governance other = home.open()) {
      assertRefused("policy-missing", () -> new PolicyActs(other).inForce());
    }
  }

  @Test
  void nothingLargerThanAPolicyIsRead() throws IOException {
    Path large = Files.write(folder.resolve("large.yaml"), new byte[PolicyReader.MOST_BYTES + 5]);
    assertRefused("policy-too-large", () -> PolicyActs.read(large));
    Path policy = Files.writeString(folder.resolve("drafts.yaml"), DRAFTS);
    assertThat(PolicyActs.read(policy)).isEqualTo(DRAFTS.getBytes(UTF_8));
  }

  @Test
  void explainsWithoutDeciding() {
    Policy standard = Policy.standard();
    Optional<String> subject = Optional.of("customer 17");
    PolicyActs.Explanation without = acts.explain(standard, question(ANNA, "triage", subject));
    assertThat(without.verdict().allowed()).isFalse();
    assertThat(without.verdict().rule()).isEqualTo("subject-without-consent");
    assertThat(without.consent()).isFalse();
    new ConsentActs(governance)
        .give(
            ANNA,
            "customer 17",
            "c-1",
            new ConsentActs.Terms(List.of("triage"), "Bank", "n", "form", Optional.empty()));
    PolicyActs.Explanation with = acts.explain(standard, question(ANNA, "triage", subject));
    assertThat(with.verdict().allowed()).isTrue();
    assertThat(with.consent()).isTrue();
    assertThat(with.verdict().trace()).hasSize(standard.rules().size());
    assertThat(acts.explain(standard, question(ANNA, "research", subject)).verdict().allowed())
        .isFalse();
    assertThat(
            acts.explain(Policy.parse(DRAFTS), question(ANNA, "triage", subject)).verdict().rule())
        .isEqualTo(PolicyVerdict.DEFAULT_DENY);
    Principal auditor = Principal.of("auditor", List.of(Role.AUDIT));
    assertThat(acts.explain(standard, question(auditor, "triage", Optional.empty())).mayAsk())
        .isFalse();
    assertThat(home.kinds()).containsExactly("consent-given");
    assertThat(home.kinds()).doesNotContain(PolicyAdopted.KIND);
  }
}
