package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.payloads.PayloadRule;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.StopOrdered;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What people do about decisions: stop them while they run, put something else in their place. */
public final class Oversight {

  private static final int MOST_CHARACTERS = 10_000;

  private final Governance governance;

  /** The oversight over the decisions of a device. */
  public Oversight(Governance governance) {
    this.governance = governance;
  }

  /**
   * Orders decisions to stop, in this process or any other: each ends within one token.
   *
   * @param decision all 32 digits of its id; all that run if empty
   * @return the index of the order in the ledger
   * @throws GovernanceException {@code governance.decision-finished} if it has ended already
   */
  public long stop(Principal by, Optional<String> decision, String reason) {
    Authority.require(by, Action.STOP);
    String kept = governance.keyOf(PayloadRule.ALL);
    String name = by.name();
    if (decision.isPresent()) {
      DecisionRecords.Story story = governance.records().story(decision.get());
      if (story.finished().isPresent()) {
        throw new GovernanceException(
            "decision-finished",
            "decision " + decision.get() + " has ended already",
            "Put something else in its place: candor override.");
      }
      kept = keptUnder(story.started());
      name = governance.nameBeside(by, story.started().subject());
    }
    Commitment why = keep(kept, "reason", reason);
    return governance.ledger().append(new StopOrdered(decision, name, why).entry()).index();
  }

  /**
   * Says that something else holds in the place of a decision. What was decided stays on record.
   *
   * @param decision all 32 digits of its id
   * @param replacement what holds instead
   * @return the index of the act in the ledger
   */
  public long override(Principal by, String decision, String replacement, String reason) {
    Authority.require(by, Action.OVERRIDE);
    DecisionRecords.Story story = governance.records().story(decision);
    if (story.finished().isEmpty()) {
      throw DecisionRecords.unfinished(decision);
    }
    String kept = keptUnder(story.started());
    Commitment why = keep(kept, "reason", reason);
    Commitment instead = keep(kept, "replacement", replacement);
    String name = governance.nameBeside(by, story.started().subject());
    return governance
        .ledger()
        .append(new DecisionOverridden(decision, name, why, instead).entry())
        .index();
  }

  /**
   * Orders that a decision stop: those that name it, and those to all that came while it ran.
   *
   * @return their indices in the ledger, ascending
   */
  public List<Long> stops(DecisionRecords.Story story) {
    String decision = story.started().decision();
    long end = story.finishedIndex().orElse(Long.MAX_VALUE);
    List<Long> stops = new ArrayList<>();
    for (long place : governance.index().places(EntryIndex.key(StopOrdered.KIND, ""))) {
      StopOrdered order = StopOrdered.of(governance.ledger().entry(place));
      boolean toAll = order.decision().isEmpty() && place > story.startedIndex() && place < end;
      if (toAll || order.decision().filter(decision::equals).isPresent()) {
        stops.add(place);
      }
    }
    return stops;
  }

  /**
   * What was put in the place of a decision; of several the last holds.
   *
   * @param decision all 32 digits of its id
   * @return indices of the entries, ascending
   */
  public List<Long> overrides(String decision) {
    return governance.index().places(EntryIndex.key(DecisionOverridden.KIND, decision));
  }

  /** Under the same key as what was asked and answered, so that it is forgotten with it. */
  private String keptUnder(DecisionStarted started) {
    return started.subject().orElseGet(() -> governance.keyOf(started.decision()));
  }

  private Commitment keep(String under, String what, String text) {
    if (text.isBlank() || text.length() > MOST_CHARACTERS) {
      throw new GovernanceException(
          "text-malformed",
          "the "
              + what
              + " has "
              + text.length()
              + " characters, allowed are 1 to "
              + MOST_CHARACTERS,
          "Say it in a sentence or two.");
    }
    return governance.payloads().put(under, text.getBytes(StandardCharsets.UTF_8));
  }
}
