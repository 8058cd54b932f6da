package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.EntryRule;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A decision that says which consent it rests on rests on one that was alive then: that very one,
 * of that data subject, for that purpose, neither withdrawn nor expired. The register is made from
 * the entries alone, so an altered index or database of the device deceives nobody.
 */
public final class ConsentRule implements EntryRule {

  /** Codes of decisions that were on record and might not go on. */
  private static final Set<String> REFUSED =
      Set.of("governance.refused", "governance.overtaken", "governance.request-running");

  /** Starts that rest on a consent that was not alive, and have no end yet. */
  private final Map<Long, String> overtaken = new TreeMap<>();

  private final ConsentRegister register = new ConsentRegister();

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      register.apply(index, entry);
      switch (entry.kind()) {
        case DecisionStarted.KIND ->
            begin(index, DecisionStarted.of(entry), Instant.parse(entry.required("at")));
        case DecisionFinished.KIND -> end(DecisionFinished.of(entry), problems);
        default -> {}
      }
    } catch (GovernanceException | LedgerException | DateTimeParseException e) {
      problems.wrong("consent-entry", String.valueOf(e.getMessage()));
    }
  }

  private void begin(long index, DecisionStarted started, Instant at) {
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
          "entry "
              + index
              + " rests on the consent of entry "
              + given
              + ", which did not allow "
              + started.purpose()
              + " then");
    }
  }

  /** One that a withdrawal overtook while it began ends before anything is told. */
  private void end(DecisionFinished finished, Problems problems) {
    String why = overtaken.remove(finished.started());
    if (why == null) {
      return;
    }
    if (finished.output().isEmpty() && finished.failure().filter(REFUSED::contains).isPresent()) {
      problems.remark("consent-overtaken", why + "; it was refused before it told anything");
    } else {
      problems.wrong("consent-not-alive", why);
    }
  }

  @Override
  public void end(long size, Problems problems) {
    overtaken.values().forEach(why ->
        problems.remark("consent-overtaken", why + "; it has no end, and told nothing"));
  }
}
