package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.EntryRule;
import java.time.Instant;

/**
 * A decision that says which consent it rests on rests on one that was alive then: that very one,
 * of that data subject, for that purpose, neither withdrawn nor expired. The register is made from
 * the entries alone, so an altered index or database of the device deceives nobody.
 */
public final class ConsentRule implements EntryRule {

  private final ConsentRegister register = new ConsentRegister();

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      register.apply(index, entry);
      if (entry.kind().equals(DecisionStarted.KIND)) {
        check(DecisionStarted.of(entry), Instant.parse(entry.required("at")), problems);
      }
    } catch (GovernanceException | LedgerException e) {
      problems.wrong("consent-entry", String.valueOf(e.getMessage()));
    }
  }

  private void check(DecisionStarted started, Instant at, Problems problems) {
    if (started.consent().isEmpty()) {
      return;
    }
    long given = started.consent().getAsLong();
    boolean alive =
        started
            .subject()
            .filter(subject -> register.isAlive(given, subject, started.purpose(), at))
            .isPresent();
    if (!alive) {
      problems.wrong(
          "consent-not-alive",
          "it rests on the consent of entry "
              + given
              + ", which did not allow "
              + started.purpose()
              + " then");
    }
  }

  @Override
  public void end(long size, Problems problems) {}
}
