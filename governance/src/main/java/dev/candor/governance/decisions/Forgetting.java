package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.payloads.Erasure;
import dev.candor.governance.payloads.PayloadRule;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.OrphansErased;
import dev.candor.ledger.entries.SubjectErased;
import dev.candor.ledger.entries.SubjectErasureBegun;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes what is kept of a data subject unreadable for everybody. The entries stay, with commitments
 * that nobody can open any more, and so does every proof.
 *
 * <p>An erasure is on record before it is done, and again when it is done. One that was interrupted
 * is finished by doing it again.
 */
public final class Forgetting {

  private final Governance governance;

  /** What a device can forget. */
  public Forgetting(Governance governance) {
    this.governance = governance;
  }

  /**
   * What came of it.
   *
   * @param subject the pseudonym
   * @param payloads how many were erased, by an earlier try at the same erasure too
   * @param entry index of the entry that says that it is done
   */
  public record Forgotten(String subject, long payloads, long entry) {}

  /**
   * Forgets all that is kept under a data subject.
   *
   * @param subject as it was named in requests
   * @param basis why, such as the article of a law
   */
  public Forgotten subject(Principal by, String subject, String basis) {
    return forget(by, governance.vault().pseudonym(subject), basis);
  }

  /**
   * Forgets what was asked and answered in a decision that was about nobody.
   *
   * @param decision all 32 digits of its id
   * @throws GovernanceException {@code governance.decision-of-subject} if it was about somebody
   */
  public Forgotten decision(Principal by, String decision, String basis) {
    DecisionStarted started = governance.records().story(decision).started();
    if (started.subject().isPresent()) {
      throw new GovernanceException(
          "decision-of-subject",
          "decision " + decision + " is about a data subject, whose data has one key",
          "Forget the data subject: candor audit erase --subject NAME.");
    }
    return forget(by, governance.keyOf(decision), basis);
  }

  /** Forgets why people ordered all decisions to stop: these reasons are about no decision. */
  public Forgotten stopReasons(Principal by, String basis) {
    return forget(by, governance.keyOf(PayloadRule.ALL), basis);
  }

  /**
   * What came of deleting what no entry commits to.
   *
   * @param payloads how many were deleted
   * @param entry index of the entry that records it; none if there was nothing
   */
  public record Swept(long payloads, OptionalLong entry) {}

  /**
   * Deletes payloads that are older than a minute and to which no entry commits. A process that
   * ended between a payload and its entry leaves one, and nobody can name it: its decision is not
   * on record.
   */
  public Swept orphans(Principal by, String basis) {
    Authority.require(by, Action.ERASE);
    requireBasis(basis);
    Instant before = governance.clock().instant().minus(PayloadRule.ORPHANED_AFTER);
    // Before the entries, which only grow.
    Set<Commitment> orphans = new LinkedHashSet<>(governance.payloads().putBefore(before));
    governance.ledger().refresh();
    governance
        .ledger()
        .forEach(
            0,
            governance.ledger().size(),
            (_, entry) -> PayloadRule.commitments(entry).values().forEach(orphans::remove));
    if (orphans.isEmpty()) {
      return new Swept(0, OptionalLong.empty());
    }
    long entry =
        governance
            .ledger()
            .append(new OrphansErased(orphans.size(), by.name(), basis).entry())
            .index();
    long discarded = governance.payloads().discard(orphans);
    governance.payloads().rotateKey();
    return new Swept(discarded, OptionalLong.of(entry));
  }

  private Forgotten forget(Principal by, String pseudonym, String basis) {
    Authority.require(by, Action.ERASE, Optional.of(pseudonym));
    requireBasis(basis);
    String name = governance.nameBeside(by, Optional.of(pseudonym));
    Entry begun =
        unfinished(pseudonym)
            .orElseGet(() ->
                governance
                    .ledger()
                    .append(
                        new SubjectErasureBegun(
                                pseudonym, governance.payloads().count(pseudonym), name, basis)
                            .entry())
                    .entry());
    Erasure erasure = governance.payloads().erase(pseudonym, Instant.parse(begun.required("at")));
    long entry =
        governance
            .ledger()
            .append(new SubjectErased(pseudonym, erasure.payloads(), name, basis).entry())
            .index();
    return new Forgotten(pseudonym, erasure.payloads(), entry);
  }

  /** The entry that begins an erasure which was interrupted before its end was on record. */
  private Optional<Entry> unfinished(String pseudonym) {
    governance.ledger().refresh();
    OptionalLong begun =
        governance.index().last(EntryIndex.key(SubjectErasureBegun.KIND, pseudonym));
    OptionalLong ended = governance.index().last(EntryIndex.key(SubjectErased.KIND, pseudonym));
    return begun.isPresent() && begun.getAsLong() > ended.orElse(-1)
        ? Optional.of(governance.ledger().entry(begun.getAsLong()))
        : Optional.empty();
  }

  private static void requireBasis(String basis) {
    if (basis.isBlank() || basis.length() > 200) {
      throw new GovernanceException(
          "basis-malformed",
          "the basis has " + basis.length() + " characters, allowed are 1 to 200",
          "Say why in a few words, such as the article of a law.");
    }
  }
}
