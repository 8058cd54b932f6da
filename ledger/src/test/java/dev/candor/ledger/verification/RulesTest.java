package dev.candor.ledger.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.KeysDestroyed;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.ledger.storage.Ledger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What entries must be to each other. */
class RulesTest {

  private static final Commitment SOMETHING = new Commitment("ab".repeat(32));

  @TempDir private Path home = Path.of("");

  private static Entry started(String decision) {
    return started(decision, 1);
  }

  private static Entry started(String decision, long attempt) {
    return new DecisionStarted(
            decision,
            attempt,
            Optional.empty(),
            "ada",
            "test",
            Optional.empty(),
            OptionalLong.empty(),
            "cd".repeat(32),
            "all",
            "generate",
            "tiny",
            "ef".repeat(32),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "i8-blocks32",
            "scalar",
            "0.1.0",
            "f32",
            64,
            5,
            SOMETHING)
        .entry();
  }

  private static Entry finished(String decision, long start) {
    return new DecisionFinished(
            decision, start, "end", Optional.empty(), 3, 3, 10, 20, Optional.of(SOMETHING))
        .entry();
  }

  private static String id(int number) {
    return String.format("0197f0aa0000700080000000000000%02x", number);
  }

  private List<Finding> findings(Entry... entries) {
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS)) {
      for (Entry entry : entries) {
        ledger.append(entry);
      }
      ledger.checkpoint();
    }
    return new LedgerVerifier(new Trust(TestLedger.KEYS, List.of(), Optional.empty()))
        .ledger(home)
        .findings();
  }

  @Test
  void decisionsThatBeginAndEnd() {
    assertThat(
            findings(
                started(id(1)),
                started(id(2)),
                finished(id(2), 1),
                finished(id(1), 0),
                new DecisionOverridden(id(1), "ada", SOMETHING, SOMETHING).entry()))
        .isEmpty();
  }

  @Test
  void decisionsThatDoNot() {
    List<Finding> findings =
        findings(
            finished(id(1), 7),
            started(id(2)),
            finished(id(3), 1),
            finished(id(2), 1),
            finished(id(2), 1),
            new DecisionOverridden(id(4), "ada", SOMETHING, SOMETHING).entry(),
            new DecisionRefused(id(2), "ada", "x", Optional.empty(), "p", "r", "no").entry(),
            new Entry("decision-started", Map.of("decision", id(9))),
            started(id(5)));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly(
            "decision-not-started",
            "decision-not-started",
            "decision-not-started",
            "decision-not-started",
            "decision-refused-late",
            "entry-field",
            "decisions-open");
    assertThat(findings.subList(0, 6))
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(0L, 2L, 4L, 5L, 6L, 7L);
    assertThat(findings.getLast().severity()).isEqualTo(Finding.Severity.REMARK);
  }

  private static Entry failed(String decision, long start) {
    return new DecisionFinished(
            decision,
            start,
            "failed",
            Optional.of("generation.logits"),
            0,
            0,
            0,
            20,
            Optional.empty())
        .entry();
  }

  @Test
  void aDecisionIsTriedAgainUntilItIsAnswered() {
    assertThat(
            findings(
                started(id(1)),
                failed(id(1), 0),
                started(id(1), 2),
                started(id(1), 3),
                finished(id(1), 3)))
        .extracting(Finding::code)
        .containsExactly("decisions-open");
  }

  private static Entry stopped(String decision, long start) {
    return new DecisionFinished(
            decision, start, "stopped", Optional.empty(), 3, 3, 10, 20, Optional.of(SOMETHING))
        .entry();
  }

  private static Entry stopOrdered(Optional<String> decision) {
    return new StopOrdered(decision, "ada", SOMETHING).entry();
  }

  /** Whoever asked had left, and asked again under the same key. */
  @Test
  void aDecisionThatWasLeftIsNotAnswered() {
    assertThat(
            findings(
                started(id(1)),
                stopped(id(1), 0),
                started(id(1), 2),
                stopped(id(1), 2),
                started(id(1), 3),
                finished(id(1), 4)))
        .isEmpty();
  }

  @Test
  void aDecisionThatWasOrderedToStopIsAnswered() {
    assertThat(
            findings(
                started(id(1)),
                stopOrdered(Optional.of(id(1))),
                stopped(id(1), 0),
                started(id(1), 2),
                failed(id(1), 3)))
        .extracting(Finding::code)
        .containsExactly("decision-begun-late");
  }

  @Test
  void anOrderToStopEverythingHoldsForWhatHadBegun() {
    assertThat(
            findings(
                started(id(1)),
                stopOrdered(Optional.empty()),
                started(id(2)),
                stopped(id(1), 0),
                stopped(id(2), 2),
                started(id(2), 2),
                finished(id(2), 5),
                started(id(1), 2),
                failed(id(1), 7)))
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(7L);
  }

  /** Two answers under one id, of which each attempt ended once. */
  @Test
  void aDecisionIsAnsweredOnce() {
    List<Finding> findings =
        findings(
            started(id(1)),
            started(id(1), 2),
            finished(id(1), 1),
            finished(id(1), 0),
            started(id(1), 3),
            failed(id(1), 4));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly("decision-answered-twice", "decision-begun-late");
    assertThat(findings)
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(3L, 4L);
  }

  @Test
  void attemptsCountUpFromOne() {
    List<Finding> findings =
        findings(
            started(id(1), 2),
            failed(id(1), 0),
            started(id(1), 4),
            failed(id(1), 2),
            started(id(2), 0),
            finished(id(2), 4));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly("decision-attempt", "decision-attempt", "decision-attempt");
    assertThat(findings)
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(0L, 2L, 4L);
  }

  /** Two processes may begin the same attempt at once; the one that comes second gives it up. */
  @Test
  void anAttemptThatWasOvertakenAnswersNothing() {
    assertThat(
            findings(
                started(id(1)),
                failed(id(1), 0),
                started(id(1), 2),
                started(id(1), 2),
                failed(id(1), 3),
                finished(id(1), 2),
                started(id(1), 2),
                failed(id(1), 6)))
        .isEmpty();
  }

  @Test
  void anAttemptThatWasOvertakenMayNotAnswer() {
    assertThat(
            findings(
                started(id(1)),
                failed(id(1), 0),
                started(id(1), 1),
                finished(id(1), 2),
                started(id(1), 2),
                finished(id(1), 4)))
        .extracting(Finding::code)
        .containsExactly("decision-attempt", "decision-begun-late", "decision-answered-twice");
  }

  @Test
  void nothingFollowsTheDestructionOfTheKeys() {
    List<Finding> findings =
        findings(
            started(id(1)),
            finished(id(1), 0),
            new KeysDestroyed("ada").entry(),
            new KeysDestroyed("ada").entry(),
            started(id(2)),
            finished(id(2), 4));
    assertThat(findings)
        .extracting(Finding::code)
        .containsExactly("entry-after-destruction", "entry-after-destruction");
    assertThat(findings)
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(4L, 5L);
  }

  /** Abuse cases A28 and A29: what somebody typed forges no entry and moves no cursor. */
  @Test
  void whatWasTypedIsNoEntry() {
    String forged =
        "do not log this\ncandor/1 decision-finished\ndecision x\n\u001b[2J\u202e\u0000=1+1";
    List<Finding> findings =
        findings(new Entry("note", Map.of("text", forged)), started(id(1)), finished(id(1), 1));
    assertThat(findings).isEmpty();
    try (Ledger ledger = Ledger.view(home)) {
      assertThat(ledger.bytes(0)).doesNotContain(0x1B, 0x00, 0xE2);
      assertThat(ledger.size()).isEqualTo(3);
      assertThat(ledger.entry(0).required("text")).isEqualTo(forged);
    }
  }

  @Test
  void theClockMayNotGoBackWithinAStart() {
    StampRule rule = new StampRule();
    Findings findings = new Findings();
    EntryRule.Problems problems = problems(findings);
    String[] clocks = {"5", "6", "4", "7"};
    for (int i = 0; i < clocks.length; i++) {
      rule.check(i, stamped("b", clocks[i]), problems);
    }
    rule.check(4, stamped("c", "1"), problems);
    rule.check(5, new Entry("note", Map.of()), problems);
    rule.end(6, problems);
    assertThat(findings.kept())
        .extracting(Finding::code)
        .containsExactly("stamp-missing", "clock-back");
    assertThat(findings.kept().getLast().message()).contains("1 times").contains("entry 2");
  }

  private static Entry stamped(String boot, String clock) {
    return new Entry(
        "note", Map.of("at", "2026-11-30T09:10:11.123456789Z", "boot", boot, "clock", clock));
  }

  private static EntryRule.Problems problems(Findings findings) {
    return new EntryRule.Problems() {
      @Override
      public void wrong(String code, String message) {
        findings.add(Finding.wrong(code, message));
      }

      @Override
      public void remark(String code, String message) {
        findings.add(Finding.remark(code, message));
      }
    };
  }
}
