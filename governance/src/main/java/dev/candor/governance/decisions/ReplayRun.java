package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.ReplayChecked;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All decisions of a ledger computed again, and what came of it on record. */
public final class ReplayRun {

  private final Governance governance;
  private final Replay.Deciders deciders;

  /** A run over the ledger of a device. */
  public ReplayRun(Governance governance, Replay.Deciders deciders) {
    this.governance = governance;
    this.deciders = deciders;
  }

  /** Sees how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** Returns whether to go on. */
    boolean at(int done, int total);
  }

  /**
   * What came of it.
   *
   * @param checked decisions computed again
   * @param same that came out the same
   * @param different those that did not
   * @param impossible how many could not be computed, by why
   * @param entry index of the entry that records this
   */
  public record Outcome(
      int checked,
      int same,
      List<Replay.Result> different,
      Map<String, Integer> impossible,
      long entry) {}

  /**
   * Replays the decisions that ended within the last entries.
   *
   * @param by who asks for it
   * @param last how many entries to look at
   */
  public Outcome run(Principal by, long last, Progress progress) {
    Authority.require(by, Action.VERIFY);
    governance.ledger().refresh();
    long to = governance.ledger().size();
    long from = Math.max(0, to - Math.min(last, to));
    List<String> decisions = new ArrayList<>();
    for (long place = from; place < to; place++) {
      Entry entry = governance.ledger().entry(place);
      if (entry.kind().equals(DecisionFinished.KIND)) {
        decisions.add(entry.required("decision"));
      }
    }
    Replay replay = new Replay(governance);
    List<Replay.Result> different = new ArrayList<>();
    Map<String, Integer> impossible = new TreeMap<>();
    int same = 0;
    int done = 0;
    for (String decision : decisions) {
      Replay.Result result = replay.replay(decision, deciders);
      switch (result.verdict()) {
        case SAME -> same++;
        case DIFFERENT -> different.add(result);
        case IMPOSSIBLE -> impossible.merge(result.differences().getFirst(), 1, Integer::sum);
      }
      if (!progress.at(++done, decisions.size())) {
        break;
      }
    }
    int checked = same + different.size();
    long entry =
        governance
            .ledger()
            .append(
                new ReplayChecked(
                        from,
                        to,
                        checked,
                        same,
                        different.size(),
                        done - checked,
                        by.name(),
                        governance.runtime())
                    .entry())
            .index();
    return new Outcome(checked, same, List.copyOf(different), impossible, entry);
  }
}
