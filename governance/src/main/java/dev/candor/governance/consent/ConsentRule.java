package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.EntryRule;
import java.time.Instant;
import java.util.TreeMap;

/**
 * A decision that says which consent it rests on rests on one that was alive then: that very one,
 * of that data subject, for that purpose, neither withdrawn nor expired. The register is made from
 * the entries alone, so an altered index or database of the device deceives nobody.
 */
public final class ConsentRule implements EntryRule {

  private final ConsentRegister register = new ConsentRegister();
  private final TreeMap<Long, String> overtaken = new TreeMap<>();

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      register.apply(index, entry);
      switch (entry.kind()) {
        case DecisionStarted.KIND ->
            start(index, DecisionStarted.of(entry), Instant.parse(entry.required("at")));
        case DecisionFinished.KIND -> finish(DecisionFinished.of(entry), problems);
        default -> {}
      }
    } catch (GovernanceException | LedgerException e) {
      problems.wrong("consent-entry", String.valueOf(e.getMessage()));
    }
  }

  private void start(long index, DecisionStarted started, Instant at) {
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
      overtaken.put(
          index,
          "rests on the consent of entry "
              + given
              + ", which did not allow "
              + started.purpose()
              + " then");
    }
  }

  private void finish(DecisionFinished finish, Problems problems) {
    String why = overtaken.remove(finish.started());
    if (why != null && (!finish.outcome().equals("failed") || finish.tokens() > 0)) {
      problems.wrong(
          "consent-not-alive", "entry " + finish.started() + ", which it answers, " + why);
    }
  }

  @Override
  public void end(long size, Problems problems) {
    overtaken.forEach((index, why) ->
        problems.remark("consent-not-alive", "entry " + index + ", which has no end, " + why));
  }
}
