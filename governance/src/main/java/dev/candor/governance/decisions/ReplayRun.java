package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.ReplayChecked;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   * @param from index of the first entry looked at
   * @param to index behind the last: of all, or of those that an interrupted run reached
   * @param checked decisions computed again
   * @param same that came out the same
   * @param different those that did not
   * @param impossible how many could not be computed, by why
   * @param missing how many of those might be: not failed and not erased, so something is not here
   * @param entry index of the entry that records this
   */
  public record Outcome(
      long from,
      long to,
      int checked,
      int same,
      List<Replay.Result> different,
      Map<String, Integer> impossible,
      int missing,
      long entry) {

    /** Whether something ought to have been computed again, and nothing could be. */
    public boolean isVain() {
      return checked == 0 && missing > 0;
    }
  }

  /** A decision, and the place of the entry that it ended with. */
  private record Ended(long place, String decision) {}

  /**
   * Replays the decisions that ended within the last entries. What it found is recorded, also if it
   * is interrupted: then for the entries that it reached.
   *
   * @param by who asks for it
   * @param last how many entries to look at
   */
  public Outcome run(Principal by, long last, Progress progress) {
    Authority.require(by, Action.VERIFY);
    governance.ledger().refresh();
    long to = governance.ledger().size();
    long from = Math.max(0, to - Math.min(last, to));
    List<Ended> decisions = new ArrayList<>();
    for (long place = from; place < to; place++) {
      Entry entry = governance.ledger().entry(place);
      if (entry.kind().equals(DecisionFinished.KIND)) {
        decisions.add(new Ended(place, entry.required("decision")));
      }
    }
    Replay replay = new Replay(governance);
    List<Replay.Result> different = new ArrayList<>();
    Map<String, Integer> impossible = new TreeMap<>();
    int same = 0;
    int missing = 0;
    int done = 0;
    for (Ended ended : decisions) {
      Replay.Result result = replay.replay(ended.decision(), deciders);
      switch (result.verdict()) {
        case SAME -> same++;
        case DIFFERENT -> different.add(result);
        case IMPOSSIBLE -> {
          impossible.merge(result.differences().getFirst(), 1, Integer::sum);
          missing += isGone(ended.decision()) ? 0 : 1;
        }
      }
      if (!progress.at(++done, decisions.size()) && done < decisions.size()) {
        to = ended.place() + 1;
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
                        different.stream()
                            .limit(ReplayChecked.MOST_DIFFERING)
                            .map(Replay.Result::decision)
                            .toList(),
                        by.name(),
                        governance.runtime())
                    .entry())
            .index();
    return new Outcome(from, to, checked, same, List.copyOf(different), impossible, missing, entry);
  }

  /** Whether nobody can compute it any more: it failed, or what was kept of it is erased. */
  private boolean isGone(String decision) {
    DecisionRecords.Story story = governance.records().story(decision);
    Optional<Commitment> output = story.finished().flatMap(DecisionFinished::output);
    try {
      return output.isEmpty()
          || governance.records().bytes(story.started().input()).isEmpty()
          || governance.records().bytes(output.get()).isEmpty();
    } catch (GovernanceException | LedgerException e) {
      // What is kept and cannot be read is not erased.
      return false;
    }
  }
}
