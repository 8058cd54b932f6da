package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.SubjectErased;
import dev.candor.ledger.entries.SubjectErasureBegun;
import dev.candor.ledger.verification.EntryRule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What an entry commits to is kept, and is what it commits to; or it was erased, and a later entry
 * says that its data subject was. That the store says so is not enough: whoever can write its file
 * can make it say so. That nothing is there, and nothing was erased, means that it was lost. What
 * is kept and no entry commits to is to be known.
 *
 * <p>It remembers the data subject of each decision that has one, and each payload of the store
 * that no entry has named yet.
 */
public final class PayloadRule implements EntryRule {

  /**
   * A payload is durable a moment before its entry. One that is older than this without an entry
   * was left by a process that ended in between.
   */
  public static final Duration ORPHANED_AFTER = Duration.ofMinutes(1);

  /** What stands for a decision in the pseudonym under which nobody's data is kept. */
  public static final String ALL = "all";

  private static final List<String> NAMES =
      List.of("input", "output", "reason", "replacement", "explanation");

  private final PayloadStore payloads;
  private final UnaryOperator<String> keyOf;
  private final Set<Commitment> unclaimed;
  private final Map<String, String> subjects = new HashMap<>();

  /** Of each pseudonym what is erased and no entry has said so yet. */
  private final Map<String, Unrecorded> unrecorded = new TreeMap<>();

  /** Entries that begin erasures that have not ended, by pseudonym. */
  private final Map<String, Long> erasing = new TreeMap<>();

  private boolean ordered;
  private long kept;
  private long erased;

  private record Unrecorded(long count, long first, String name) {}

  /**
   * Of a store that is open, to be made before the entries are read.
   *
   * @param keyOf under what a decision about nobody is kept, by its id; or orders to stop all
   *     decisions, by {@value #ALL}
   */
  public PayloadRule(PayloadStore payloads, UnaryOperator<String> keyOf, Instant now) {
    this.payloads = payloads;
    this.keyOf = keyOf;
    this.unclaimed = new HashSet<>(payloads.putBefore(now.minus(ORPHANED_AFTER)));
  }

  /** What an entry commits to, by the names of its values. */
  public static Map<String, Commitment> commitments(Entry entry) {
    Map<String, Commitment> commitments = new LinkedHashMap<>();
    // The reason of a refusal is the policy's, and in clear.
    if (!entry.kind().equals(DecisionRefused.KIND)) {
      for (String name : NAMES) {
        entry.value(name).ifPresent(hex -> commitments.put(name, new Commitment(hex)));
      }
    }
    return commitments;
  }

  @Override
  public void check(long index, Entry entry, Problems problems) {
    Map<String, Commitment> commitments;
    try {
      commitments = commitments(entry);
    } catch (IllegalArgumentException e) {
      problems.wrong("entry-field", "a commitment is " + e.getMessage());
      return;
    }
    note(index, entry);
    commitments.forEach((name, commitment) -> {
      unclaimed.remove(commitment);
      check(index, entry, name, commitment, problems);
    });
  }

  private void note(long index, Entry entry) {
    Optional<String> subject = entry.value("subject");
    if (subject.isEmpty()) {
      return;
    }
    switch (entry.kind()) {
      case DecisionStarted.KIND ->
          entry.value("decision").ifPresent(id -> subjects.put(id, subject.get()));
      case SubjectErasureBegun.KIND -> {
        unrecorded.remove(subject.get());
        erasing.put(subject.get(), index);
      }
      case SubjectErased.KIND -> {
        unrecorded.remove(subject.get());
        erasing.remove(subject.get());
      }
      default -> {}
    }
  }

  private void check(
      long index, Entry entry, String name, Commitment commitment, Problems problems) {
    try {
      switch (payloads.look(commitment)) {
        case Finding.Present present -> {
          if (!commitment.opens(present.payload().salt(), present.payload().bytes())) {
            problems.wrong("payload-other", "what is kept as its " + name + " is something else");
          }
          kept++;
        }
        case Finding.Erased _ -> {
          erased++;
          unrecorded.merge(
              keptUnder(entry),
              new Unrecorded(1, index, name),
              (before, _) -> new Unrecorded(before.count() + 1, before.first(), before.name()));
        }
        case Finding.Absent _ -> {
          problems.wrong("payload-missing", "what it commits to as its " + name + " is lost");
          requireOrder(problems);
        }
      }
    } catch (GovernanceException | LedgerException e) {
      problems.wrong("payload-damaged", name + ": " + e.getMessage());
    }
  }

  /** Once: it reads the whole file. */
  private void requireOrder(Problems problems) {
    if (ordered) {
      return;
    }
    ordered = true;
    try {
      payloads.requireOrder();
    } catch (GovernanceException e) {
      problems.wrong("payloads-damaged", String.valueOf(e.getMessage()));
    }
  }

  private String keptUnder(Entry entry) {
    String decision = entry.value("decision").orElse(ALL);
    String subject = subjects.get(decision);
    return subject != null ? subject : keyOf.apply(decision);
  }

  @Override
  public void end(long size, Problems problems) {
    unrecorded.forEach((pseudonym, it) ->
        problems.wrong(
            "payload-erased-unrecorded",
            it.count()
                + " payloads under "
                + pseudonym
                + " are erased and no entry says so, the first is what entry "
                + it.first()
                + " commits to as its "
                + it.name()));
    erasing.forEach((pseudonym, index) ->
        problems.remark(
            "erasure-unfinished",
            "the erasure that entry "
                + index
                + " begins has not ended; do it again: it is of "
                + pseudonym));
    if (!unclaimed.isEmpty()) {
      problems.remark(
          "payloads-orphaned",
          unclaimed.size()
              + " payloads are kept and no entry commits to them; candor audit erase --orphans"
              + " deletes them");
    }
    problems.remark("payloads", kept + " payloads are kept and right, " + erased + " were erased");
  }
}
