package dev.candor.governance.consent;

import static dev.candor.governance.TestHome.ANNA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.consent.ConsentReceipt.State;
import dev.candor.governance.decisions.Forgetting;
import dev.candor.ledger.entries.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsentActsTest {

  private @TempDir Path folder;
  private TestHome home;
  private Governance governance;
  private ConsentActs acts;

  @BeforeEach
  void open() {
    home = new TestHome(folder);
    governance = home.open();
    acts = new ConsentActs(governance);
  }

  @AfterEach
  void close() {
    governance.close();
  }

  private static ConsentActs.Terms terms(String... purposes) {
    return terms(Optional.empty(), purposes);
  }

  private static ConsentActs.Terms terms(Optional<Instant> expires, String... purposes) {
    return new ConsentActs.Terms(
        List.of(purposes), "Example Bank", "notice-3", "signed form 12", expires);
  }

  private static void assertRefused(String reason, ThrowingCallable act) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(act)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  /** Their name beside their pseudonym would tell for good whose it is. */
  @Test
  void whoActsOnTheirOwnDataIsNotNamed() {
    Principal own =
        Principal.of("customer 17", List.of()).as(governance.vault().pseudonym("customer 17"));
    ConsentReceipt given = acts.give(own, "customer 17", "c-1", terms("triage"));
    assertThat(given.consent().grant().by()).isEqualTo("data-subject");
    acts.withdraw(own, "customer 17", Optional.of("c-1"), List.of());
    new Forgetting(governance).subject(own, "customer 17", "GDPR 17");
    // The name alone tells too, whatever the caller knew.
    Principal unknown = Principal.of("customer 17", List.of(Role.GOVERN));
    acts.give(unknown, "customer 17", "c-2", terms("triage"));
    assertThat(home.kinds())
        .containsExactly(
            ConsentGrant.KIND,
            ConsentWithdrawal.KIND,
            "subject-erasure-begun",
            "subject-erased",
            ConsentGrant.KIND);
    assertThat(home.entries())
        .allSatisfy(entry -> assertThat(entry.value("by")).contains("data-subject"));
    acts.give(ANNA, "customer 17", "c-3", terms("research"));
    assertThat(home.entries().getLast().value("by")).contains("anna");
  }

  @Test
  void isGivenAndWithdrawnInWhateverProcess() {
    ConsentReceipt given = acts.give(ANNA, "customer 17", "c-1", terms("triage", "research"));
    assertThat(given.state()).isEqualTo(State.GIVEN);
    assertThat(given.consent().grant().subject()).isNotEqualTo("customer 17").hasSize(64);
    assertThat(given.consent().grant().by()).isEqualTo("anna");
    try (Governance other = home.open()) {
      ConsentActs there = new ConsentActs(other);
      ConsentActs.Withdrawn withdrawn =
          there.withdraw(ANNA, "customer 17", Optional.empty(), List.of("research"));
      assertThat(withdrawn.alive()).containsExactly("triage");
    }
    assertThat(acts.receipts(ANNA, "customer 17"))
        .singleElement()
        .satisfies(receipt -> assertThat(receipt.withdrawn()).containsEntry("research", 1L));
    assertThat(acts.withdraw(ANNA, "customer 17", Optional.of("c-1"), List.of()).alive()).isEmpty();
    assertThat(acts.receipt(ANNA, "c-1").state()).isEqualTo(State.WITHDRAWN);
    assertThat(home.kinds())
        .containsExactly(ConsentGrant.KIND, ConsentWithdrawal.KIND, ConsentWithdrawal.KIND);
  }

  @Test
  void whatIsRefusedLeavesNoEntry() {
    acts.give(ANNA, "customer 17", "c-1", terms("triage"));
    assertRefused("consent-known", () -> acts.give(ANNA, "customer 17", "c-1", terms("triage")));
    // Of another data subject too: the id names one receipt.
    assertRefused("consent-known", () -> acts.give(ANNA, "customer 18", "c-1", terms("triage")));
    assertRefused(
        "consent-expired",
        () -> acts.give(ANNA, "customer 17", "c-2", terms(Optional.of(home.now()), "triage")));
    assertRefused("consent-purposes", () -> acts.give(ANNA, "customer 17", "c-2", terms()));
    assertRefused("consent-malformed", () -> acts.give(ANNA, "customer 17", "C 2", terms("a")));
    assertRefused(
        "consent-of-another",
        () -> acts.withdraw(ANNA, "customer 18", Optional.of("c-1"), List.of()));
    assertRefused(
        "consent-unknown", () -> acts.withdraw(ANNA, "customer 17", Optional.of("c-9"), List.of()));
    assertRefused(
        "consent-unknown",
        () -> acts.withdraw(ANNA, "customer 17", Optional.empty(), List.of("research")));
    assertRefused(
        "consent-malformed",
        () -> acts.withdraw(ANNA, "customer 17", Optional.of("c-1"), List.of("triage")));
    assertRefused("consent-unknown", () -> acts.receipt(ANNA, "c-9"));
    assertThat(home.kinds()).containsExactly(ConsentGrant.KIND);
  }

  @Test
  void aDataSubjectDoesItForItselfAndForNobodyElse() {
    String pseudonym = governance.vault().pseudonym("customer 17");
    Principal subject = Principal.of("customer 17", List.of()).as(pseudonym);
    acts.give(subject, "customer 17", "c-1", terms("triage"));
    acts.give(ANNA, "customer 18", "c-2", terms("triage"));
    assertThat(acts.receipt(subject, "c-1").consent().grant().by()).isEqualTo("data-subject");
    assertThat(acts.receipts(subject, "customer 17")).hasSize(1);
    acts.withdraw(subject, "customer 17", Optional.of("c-1"), List.of());
    assertRefused("not-permitted", () -> acts.give(subject, "customer 18", "c-3", terms("a")));
    assertRefused(
        "not-permitted",
        () -> acts.withdraw(subject, "customer 18", Optional.of("c-2"), List.of()));
    assertRefused("not-permitted", () -> acts.receipts(subject, "customer 18"));
    // Whether it is there is not told either.
    assertRefused("not-permitted", () -> acts.receipt(subject, "c-2"));
    assertRefused("not-permitted", () -> acts.receipt(subject, "c-9"));
    Principal auditor = Principal.of("auditor", List.of(Role.AUDIT));
    assertThat(acts.receipts(auditor, "customer 18")).hasSize(1);
    assertRefused("not-permitted", () -> acts.give(auditor, "customer 18", "c-3", terms("a")));
  }

  @Test
  void endsByItself() {
    Instant end = home.now().plus(Duration.ofDays(30));
    acts.give(ANNA, "customer 17", "c-1", terms(Optional.of(end), "triage"));
    home.later(Duration.ofDays(30).minusSeconds(1));
    assertThat(acts.receipt(ANNA, "c-1").state()).isEqualTo(State.GIVEN);
    home.later(Duration.ofSeconds(1));
    assertThat(acts.receipt(ANNA, "c-1").state()).isEqualTo(State.EXPIRED);
    assertThat(acts.receipt(ANNA, "c-1").alive()).isEmpty();
  }

  /** One subject's consents, found by the index, are what a reader of the whole ledger finds. */
  @Test
  void oneSubjectsConsentsAreThoseOfTheWholeLedger() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> subjects =
        List.of("a", "b", "c").stream().map(governance.vault()::pseudonym).toList();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String subject = subjects.get(random.nextInt(subjects.size()));
      String id = "c-" + random.nextInt(12);
      List<String> purposes = List.of("p-" + random.nextInt(3));
      entries.add(
          switch (random.nextInt(4)) {
            case 0 -> ConsentWithdrawal.ofConsent(subject, id, "anna").entry();
            case 1 -> ConsentWithdrawal.ofPurposes(subject, purposes, "anna").entry();
            default -> {
              // Some are over before they begin, and have no effect.
              Optional<Instant> end =
                  random.nextInt(3) == 0
                      ? Optional.of(home.now().plusSeconds(random.nextInt(3) - 1))
                      : Optional.empty();
              yield new ConsentGrant(id, subject, purposes, "Bank", "n", "form", end, "anna")
                  .entry();
            }
          });
    }
    entries.forEach(governance.ledger()::append);
    ConsentRegister whole = new ConsentRegister();
    governance.ledger().forEach(0, governance.ledger().size(), whole::apply);
    for (String subject : subjects) {
      assertThat(governance.consentsOf(subject).receipts(subject, home.now()))
          .as("seed %d", seed)
          .isEqualTo(whole.receipts(subject, home.now()));
    }
    assertThat(whole.countWithoutEffect()).as("seed %d", seed).isPositive();
  }
}
