package dev.candor.governance.policy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.verification.EntryRule;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What answers follow the policy that held where they began: the one adopted last before, or the
 * one that Candor comes with where none was adopted. Another process may adopt one between the
 * moment in which the policy is asked and the entry: such a decision has to fail before it tells
 * anything.
 */
public final class AdoptedPolicyRule implements EntryRule {

  private final TreeMap<Long, String> overtaken = new TreeMap<>();
  private String holds;
  private OptionalLong adopted = OptionalLong.empty();

  /**
   * Of a ledger from its beginning.
   *
   * @param standard SHA-256 of the policy that holds where none was adopted
   */
  public AdoptedPolicyRule(String standard) {
    this.holds = standard;
  }

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      switch (entry.kind()) {
        case PolicyAdopted.KIND -> {
          holds = PolicyAdopted.of(entry).policy();
          adopted = OptionalLong.of(index);
        }
        case DecisionStarted.KIND -> start(index, DecisionStarted.of(entry).policy());
        case DecisionFinished.KIND -> finish(DecisionFinished.of(entry), problems);
        default -> {}
      }
    } catch (LedgerException e) {
      problems.wrong("entry-field", String.valueOf(e.getMessage()));
    }
  }

  private void start(long index, String policy) {
    if (!policy.equals(holds)) {
      String by =
          adopted.isEmpty() ? ", which Candor comes with" : " of entry " + adopted.getAsLong();
      overtaken.put(index, "names the policy " + policy + ", in force was " + holds + by);
    }
  }

  private void finish(DecisionFinished finish, Problems problems) {
    String why = overtaken.remove(finish.started());
    if (why != null && (!finish.outcome().equals("failed") || finish.tokens() > 0)) {
      problems.wrong(
          "policy-not-in-force", "entry " + finish.started() + ", which it answers, " + why);
    }
  }

  @Override
  public void end(long size, Problems problems) {
    overtaken.forEach((index, why) ->
        problems.remark("policy-not-in-force", "entry " + index + ", which has no end, " + why));
  }
}
