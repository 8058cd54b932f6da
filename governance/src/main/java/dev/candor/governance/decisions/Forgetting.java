package dev.candor.governance.decisions;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.payloads.Erasure;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.SubjectErased;
import java.util.Optional;

/**
 * Makes what is kept of a data subject unreadable for everybody. The entries stay, with commitments
 * that nobody can open any more, and so does every proof.
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
   * @param payloads how many were kept
   * @param entry index of the entry that records it
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

  private Forgotten forget(Principal by, String pseudonym, String basis) {
    Authority.require(by, Action.ERASE, Optional.of(pseudonym));
    if (basis.isBlank() || basis.length() > 200) {
      throw new GovernanceException(
          "basis-malformed",
          "the basis has " + basis.length() + " characters, allowed are 1 to 200",
          "Say why in a few words, such as the article of a law.");
    }
    Erasure erasure = governance.payloads().erase(pseudonym);
    long entry =
        governance
            .ledger()
            .append(
                new SubjectErased(
                        pseudonym,
                        erasure.payloads(),
                        governance.nameBeside(by, Optional.of(pseudonym)),
                        basis)
                    .entry())
            .index();
    return new Forgotten(pseudonym, erasure.payloads(), entry);
  }
}
