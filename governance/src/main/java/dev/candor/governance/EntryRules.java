package dev.candor.governance;

import dev.candor.governance.consent.ConsentRule;
import dev.candor.governance.fairness.CommitmentRule;
import dev.candor.governance.policy.AdoptedPolicyRule;
import dev.candor.governance.policy.Policy;
import dev.candor.ledger.verification.EntryRule;
import dev.candor.ledger.verification.LedgerVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What whoever verifies a ledger here holds its entries against. */
public final class EntryRules {

  private EntryRules() {}

  /** The rules of the ledger, and those of governance; each is made anew for each reading. */
  public static List<Supplier<EntryRule>> all() {
    List<Supplier<EntryRule>> rules = new ArrayList<>(LedgerVerifier.RULES);
    rules.add(ConsentRule::new);
    rules.add(() -> new AdoptedPolicyRule(Policy.standard().digest()));
    rules.add(CommitmentRule::new);
    return rules;
  }
}
