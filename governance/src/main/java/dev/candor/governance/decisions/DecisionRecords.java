package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.payloads.Finding;
import dev.candor.governance.payloads.Payload;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What is known of decisions that were made: from the ledger, and from what is kept beside it. */
public final class DecisionRecords {

  /** Fewer digits of an id are no name. */
  private static final int SHORTEST = 4;

  private final Governance governance;

  /** The records of a device. */
  public DecisionRecords(Governance governance) {
    this.governance = governance;
  }

  /**
   * All that the ledger says of a decision.
   *
   * @param startedIndex index of the last entry that it began with
   * @param started that entry
   * @param finishedIndex of the entry that it ended with, if it did
   * @param finished that entry
   */
  public record Story(
      long startedIndex,
      DecisionStarted started,
      OptionalLong finishedIndex,
      Optional<DecisionFinished> finished) {

    /**
     * Its receipt.
     *
     * @throws GovernanceException {@code governance.decision-unfinished}
     */
    public Receipt receipt() {
      return new Receipt(
          startedIndex,
          started,
          finishedIndex.orElseThrow(() -> unfinished(started.decision())),
          finished.orElseThrow());
    }
  }

  /**
   * The id that begins so.
   *
   * @param beginning at least 4 of its digits
   * @throws GovernanceException {@code governance.decision-unknown} or {@code decision-ambiguous}
   */
  public String id(String beginning) {
    List<String> found =
        beginning.matches("[0-9a-f]{" + SHORTEST + ",32}")
            ? Stream.of(DecisionStarted.KIND, DecisionRefused.KIND)
                .flatMap(kind -> governance.index().about(kind, beginning, 2).stream())
                .distinct()
                .toList()
            : List.of();
    if (found.isEmpty()) {
      throw new GovernanceException(
          "decision-unknown",
          "the ledger has no decision " + beginning,
          "Give the id that the receipt names, or its first " + SHORTEST + " digits or more.");
    }
    if (found.size() > 1) {
      throw new GovernanceException(
          "decision-ambiguous",
          "several decisions begin with " + beginning,
          "Give more digits of the id.");
    }
    return found.getFirst();
  }

  /**
   * That a decision was refused.
   *
   * @param index of the entry that says so
   */
  public record Refusal(long index, DecisionRefused refused) {}

  /**
   * The refusal of a decision; empty if it was never refused, or if it began: one that was asked
   * for again may have been refused before, or after.
   *
   * @param id all 32 digits
   */
  public Optional<Refusal> refusal(String id) {
    OptionalLong place = governance.index().last(EntryIndex.key(DecisionRefused.KIND, id));
    boolean began = governance.index().last(EntryIndex.key(DecisionStarted.KIND, id)).isPresent();
    return place.isEmpty() || began
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                place.getAsLong(),
                DecisionRefused.of(governance.ledger().entry(place.getAsLong()))));
  }

  /**
   * The story of a decision.
   *
   * @param id all 32 digits
   */
  public Story story(String id) {
    long startedIndex =
        governance
            .index()
            .last(EntryIndex.key(DecisionStarted.KIND, id))
            .orElseThrow(() ->
                new GovernanceException(
                    "decision-unknown",
                    "the ledger has no decision " + id,
                    "Give the id that the receipt names."));
    DecisionStarted started = DecisionStarted.of(governance.ledger().entry(startedIndex));
    OptionalLong finishedIndex = end(id, startedIndex);
    Optional<DecisionFinished> finished =
        finishedIndex.isEmpty()
            ? Optional.empty()
            : Optional.of(
                DecisionFinished.of(governance.ledger().entry(finishedIndex.getAsLong())));
    return new Story(startedIndex, started, finishedIndex, finished);
  }

  /** Where the attempt ended that began there: an earlier one may have ended too. */
  private OptionalLong end(String id, long startedIndex) {
    return governance.index().places(EntryIndex.key(DecisionFinished.KIND, id)).stream()
        .filter(place -> place > startedIndex)
        .mapToLong(Long::longValue)
        .filter(place ->
            DecisionFinished.of(governance.ledger().entry(place)).started() == startedIndex)
        .findFirst();
  }

  /** A decision that ended with an answer, from what is kept; empty if it did not, or is erased. */
  Optional<Decision> decision(String id) {
    Story story = story(id);
    return story
        .finished()
        .filter(end -> end.failure().isEmpty())
        .flatMap(DecisionFinished::output)
        .flatMap(this::bytes)
        .map(bytes -> new Decision(RecordedOutput.read(bytes), story.receipt(), true));
  }

  /**
   * What became of what an entry commits to: it is there, it was erased, or it was lost.
   *
   * @throws GovernanceException {@code governance.payload-damaged}, {@code
   *     governance.payloads-damaged}
   */
  public Finding find(Commitment commitment) {
    return governance.payloads().find(commitment);
  }

  /** What an entry commits to, if it is still kept; {@link #find} says why it is not. */
  public Optional<byte[]> bytes(Commitment commitment) {
    return governance.payloads().get(commitment).map(Payload::bytes);
  }

  /** The entry at an index. */
  public Entry entry(long index) {
    return governance.ledger().entry(index);
  }

  static GovernanceException unfinished(String decision) {
    return new GovernanceException(
        "decision-unfinished",
        "decision " + decision + " has no end: it runs still, or the process ended before it",
        "Wait for it, or ask again.");
  }
}
