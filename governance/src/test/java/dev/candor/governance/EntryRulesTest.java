package dev.candor.governance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.consent.ConsentGrant;
import dev.candor.governance.consent.ConsentRule;
import dev.candor.governance.consent.ConsentWithdrawal;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.fairness.CommitmentRule;
import dev.candor.governance.fairness.ThresholdsCommitted;
import dev.candor.governance.policy.AdoptedPolicyRule;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.verification.EntryRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What entries must be to each other, of consents and policies. */
class EntryRulesTest {

  private static final String ADA = "ad".repeat(32);
  private static final String BOB = "b0".repeat(32);
  private static final String STANDARD = "5a".repeat(32);
  private static final String HOUSE = "4e".repeat(32);
  private static final Instant BEGIN = Instant.parse("2026-11-30T09:00:00Z");

  private final List<Entry> entries = new ArrayList<>();

  private void at(int second, Entry entry) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("at", BEGIN.plusSeconds(second).toString());
    values.putAll(entry.values());
    entries.add(new Entry(entry.kind(), values));
  }

  /** Each finding as the index of its entry and its code. */
  private List<String> findings(EntryRule rule) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      rule.check(i, entries.get(i), problems(String.valueOf(i), found));
    }
    rule.end(entries.size(), problems("end", found));
    return found;
  }

  private static EntryRule.Problems problems(String place, List<String> found) {
    return new EntryRule.Problems() {
      @Override
      public void wrong(String code, String message) {
        found.add(place + " " + code);
      }

      @Override
      public void remark(String code, String message) {
        found.add(place + " remark " + code);
      }
    };
  }

  private static Entry started(String subject, long consent) {
    return started(Optional.of(subject), OptionalLong.of(consent), STANDARD);
  }

  private static Entry started(String policy) {
    return started(Optional.empty(), OptionalLong.empty(), policy);
  }

  private static Entry started(Optional<String> subject, OptionalLong consent, String policy) {
    return new DecisionStarted(
            "0197f0aa".repeat(4),
            1,
            Optional.empty(),
            "anna",
            "triage",
            subject,
            consent,
            policy,
            "all",
            "generate",
            "mini",
            "23",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "i8-blocks32",
            "scalar",
            "0.1",
            "F16",
            64,
            5,
            new Commitment("ab".repeat(32)))
        .entry();
  }

  private static Entry finished(long start, String outcome, long tokens) {
    return new DecisionFinished(
            "0197f0aa".repeat(4),
            start,
            outcome,
            outcome.equals("failed") ? Optional.of("governance.refused") : Optional.empty(),
            tokens,
            0,
            0,
            9,
            Optional.empty())
        .entry();
  }

  /** A decision that begins and answers. */
  private void answered(int second, Entry started) {
    at(second, started);
    at(second, finished(entries.size() - 1, "end", 3));
  }

  private static Entry grant(String id, String subject, Optional<Instant> expires) {
    return new ConsentGrant(
            id, subject, List.of("triage"), "Bank", "notice-2026", "in writing", expires, "anna")
        .entry();
  }

  /** Another consent that is alive does not stand in for the one that an entry names. */
  @Test
  void aDecisionRestsOnTheConsentThatItNames() {
    at(0, grant("first", ADA, Optional.of(BEGIN.plusSeconds(100))));
    at(1, grant("second", ADA, Optional.empty()));
    at(2, grant("other", BOB, Optional.empty()));
    answered(3, started(ADA, 0));
    answered(4, started(ADA, 1));
    answered(5, started(ADA, 2));
    answered(6, started(ADA, 3));
    answered(100, started(ADA, 0));
    answered(101, started(ADA, 1));
    at(102, ConsentWithdrawal.ofPurposes(ADA, List.of("triage"), "ada").entry());
    answered(103, started(ADA, 1));
    answered(104, started(BOB, 2));
    assertThat(findings(new ConsentRule()))
        .containsExactly(
            "8 consent-not-alive",
            "10 consent-not-alive",
            "12 consent-not-alive",
            "17 consent-not-alive");
  }

  /** A withdrawal that came between has to end the decision before it tells anything. */
  @Test
  void aDecisionThatWasOvertakenMayFail() {
    at(0, grant("first", ADA, Optional.empty()));
    at(1, ConsentWithdrawal.ofPurposes(ADA, List.of("triage"), "ada").entry());
    at(2, new PolicyAdopted(HOUSE, "house rules", "anna").entry());
    at(3, started(ADA, 0));
    at(3, finished(3, "failed", 0));
    at(4, started(ADA, 0));
    at(4, finished(5, "failed", 1));
    at(5, started(ADA, 0));
    assertThat(findings(new ConsentRule()))
        .containsExactly("6 consent-not-alive", "end remark consent-not-alive");
    assertThat(findings(new AdoptedPolicyRule(STANDARD)))
        .containsExactly("6 policy-not-in-force", "end remark policy-not-in-force");
  }

  @Test
  void aDecisionFollowsThePolicyInForce() {
    answered(0, started(STANDARD));
    answered(1, started(HOUSE));
    at(2, new PolicyAdopted(HOUSE, "house rules", "anna").entry());
    answered(3, started(HOUSE));
    answered(4, started(STANDARD));
    at(5, new PolicyAdopted(STANDARD, "standard", "anna").entry());
    answered(6, started(STANDARD));
    assertThat(findings(new AdoptedPolicyRule(STANDARD)))
        .containsExactly("3 policy-not-in-force", "8 policy-not-in-force");
  }

  private void evidence(int second, String tuple, OptionalLong plan) {
    at(
        second,
        new EvidenceRecorded(
                tuple,
                STANDARD,
                EvidenceKind.BIAS,
                Verdict.PASS,
                STANDARD,
                Optional.empty(),
                plan,
                "anna")
            .entry());
  }

  /** Thresholds that were set behind the run, or for something else, were not set before it. */
  @Test
  void evidenceByAPlanFollowsItsCommitment() {
    evidence(0, ADA, OptionalLong.empty());
    evidence(1, ADA, OptionalLong.of(2));
    at(2, new ThresholdsCommitted(ADA, STANDARD, HOUSE, "plan", HOUSE, "anna").entry());
    evidence(3, ADA, OptionalLong.of(2));
    evidence(4, BOB, OptionalLong.of(2));
    evidence(5, ADA, OptionalLong.of(1));
    assertThat(findings(new CommitmentRule()))
        .containsExactly(
            "1 thresholds-not-committed",
            "4 thresholds-not-committed",
            "5 thresholds-not-committed");
  }
}
