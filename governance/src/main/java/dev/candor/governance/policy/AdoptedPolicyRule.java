package dev.candor.governance.policy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.PolicyAdopted;
import dev.candor.ledger.verification.EntryRule;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What was admitted or refused was so by the policy that held there: the one adopted last before
 * it, or the one that Candor comes with where none was adopted. Between the moment in which a
 * process asks the policy and its entry, another process may adopt another one; an entry that comes
 * up to {@value #OVERTAKEN_SECONDS} seconds after the adoption and names the policy before it is to
 * be known, and not wrong.
 */
public final class AdoptedPolicyRule implements EntryRule {

  /** As long as a process may wait for the payload store and for the ledger, 5 s each. */
  private static final int OVERTAKEN_SECONDS = 10;

  private String holds;
  private Optional<Replaced> replaced = Optional.empty();

  /** The policy before the one that holds. */
  private record Replaced(String policy, long by, Optional<Instant> at) {}

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
          replaced = Optional.of(new Replaced(holds, index, at(entry)));
          holds = PolicyAdopted.of(entry).policy();
        }
        case DecisionStarted.KIND -> check(DecisionStarted.of(entry).policy(), entry, problems);
        case DecisionRefused.KIND -> check(DecisionRefused.of(entry).policy(), entry, problems);
        default -> {}
      }
    } catch (LedgerException e) {
      problems.wrong("entry-field", String.valueOf(e.getMessage()));
    }
  }

  private void check(String policy, Entry entry, Problems problems) {
    if (policy.equals(holds)) {
      return;
    }
    if (replaced.filter(it -> it.policy().equals(policy) && isJustBefore(it, entry)).isPresent()) {
      problems.remark(
          "policy-overtaken",
          "it follows the policy that entry " + replaced.get().by() + " replaced while it began");
    } else {
      problems.wrong(
          "policy-not-in-force",
          "it names the policy "
              + policy
              + ", in force was "
              + holds
              + replaced.map(it -> " of entry " + it.by()).orElse(", which Candor comes with"));
    }
  }

  private static boolean isJustBefore(Replaced replaced, Entry entry) {
    Optional<Instant> at = at(entry);
    return at.isPresent()
        && replaced.at().isPresent()
        && Duration.between(replaced.at().get(), at.get())
                .abs()
                .compareTo(Duration.ofSeconds(OVERTAKEN_SECONDS))
            <= 0;
  }

  private static Optional<Instant> at(Entry entry) {
    try {
      return entry.value("at").map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty(); // Another rule says so.
    }
  }
}
