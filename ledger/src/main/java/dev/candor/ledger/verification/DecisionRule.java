package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionOverridden;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.StopOrdered;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every decision that ended had begun, under its own id, and was answered once, by whichever of its
 * attempts; its attempts count up from 1, and none follows an answer. One that was stopped without
 * an order is none: whoever asked had left, and may ask again. One that another process has
 * overtaken, so that its number was taken, gives none. What was refused did not begin; what is
 * overridden or stopped by its id had begun. It remembers 8 bytes of each id.
 */
final class DecisionRule implements EntryRule {

  private final Map<Long, Begun> open = new TreeMap<>();

  /** The last attempt at each decision. */
  private final Map<Long, Long> started = new HashMap<>();

  private final Set<Long> answered = new HashSet<>();

  /** The last order to stop each of those that somebody ordered to stop. */
  private final Map<Long, Long> stopped = new HashMap<>();

  private long everythingStopped = -1;

  private record Begun(String decision, boolean overtaken) {}

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      switch (entry.kind()) {
        case DecisionStarted.KIND -> start(index, DecisionStarted.of(entry), problems);
        case DecisionFinished.KIND -> finish(index, DecisionFinished.of(entry), problems);
        case DecisionRefused.KIND -> {
          if (hasStarted(DecisionRefused.of(entry).decision())) {
            problems.wrong("decision-refused-late", "it refuses a decision that had begun");
          }
        }
        case DecisionOverridden.KIND ->
            requireStarted(DecisionOverridden.of(entry).decision(), problems);
        case StopOrdered.KIND -> order(index, StopOrdered.of(entry), problems);
        default -> {}
      }
    } catch (LedgerException e) {
      problems.wrong("entry-field", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void end(long size, Problems problems) {
    if (!open.isEmpty()) {
      problems.remark(
          "decisions-open",
          open.size()
              + " decisions began and have not ended, the first with entry "
              + open.keySet().iterator().next());
    }
  }

  private void start(long index, DecisionStarted start, Problems problems) {
    long fingerprint = fingerprint(start.decision());
    long before = started.getOrDefault(fingerprint, 0L);
    boolean overtaken = start.attempt() >= 1 && start.attempt() <= before;
    if (!overtaken && start.attempt() != before + 1) {
      problems.wrong(
          "decision-attempt",
          "it is attempt " + start.attempt() + " and the last one before it is " + before);
    }
    if (!overtaken && answered.contains(fingerprint)) {
      problems.wrong("decision-begun-late", "it begins a decision that was answered before");
    }
    started.merge(fingerprint, start.attempt(), Math::max);
    open.put(index, new Begun(start.decision(), overtaken));
    if (start.consent().isPresent() && start.consent().getAsLong() >= index) {
      problems.wrong(
          "consent-later", "it rests on a consent in entry " + start.consent().getAsLong());
    }
  }

  private void order(long index, StopOrdered order, Problems problems) {
    if (order.decision().isEmpty()) {
      everythingStopped = index;
      return;
    }
    requireStarted(order.decision().get(), problems);
    stopped.put(fingerprint(order.decision().get()), index);
  }

  private void finish(long index, DecisionFinished finish, Problems problems) {
    if (finish.started() >= index) {
      problems.wrong("decision-not-started", "it ends what entry " + finish.started() + " began");
      return;
    }
    Begun begun = open.get(finish.started());
    if (begun == null) {
      problems.wrong(
          "decision-not-started",
          "entry "
              + finish.started()
              + ", which it names as its beginning, began no decision or one that has ended");
    } else if (!begun.decision().equals(finish.decision())) {
      problems.wrong(
          "decision-not-started", "entry " + finish.started() + " began another decision");
    } else {
      open.remove(finish.started());
      if (!finish.outcome().equals("failed") && !wasLeft(finish)) {
        answer(begun, problems);
      }
    }
  }

  /** Whether it ended because nobody waited for it any more. */
  private boolean wasLeft(DecisionFinished finish) {
    long ordered =
        Math.max(everythingStopped, stopped.getOrDefault(fingerprint(finish.decision()), -1L));
    return finish.outcome().equals("stopped") && ordered < finish.started();
  }

  /** An attempt that failed may be followed by another; what it commits to is no answer. */
  private void answer(Begun begun, Problems problems) {
    if (begun.overtaken()) {
      problems.wrong(
          "decision-attempt", "it answers an attempt whose number another one had taken");
    }
    if (!answered.add(fingerprint(begun.decision()))) {
      problems.wrong("decision-answered-twice", "another attempt at it was answered before");
    }
  }

  private void requireStarted(String decision, Problems problems) {
    if (!hasStarted(decision)) {
      problems.wrong("decision-not-started", "it is about a decision that had not begun");
    }
  }

  private boolean hasStarted(String decision) {
    return started.containsKey(fingerprint(decision));
  }

  /** The last 16 digits: those that are random. */
  private static long fingerprint(String decision) {
    String digits = decision.substring(Math.max(0, decision.length() - 16));
    return digits.matches("[0-9a-f]{16}")
        ? Long.parseUnsignedLong(digits, 16)
        : decision.hashCode();
  }
}
