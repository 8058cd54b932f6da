package dev.candor.governance.consent;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.ledger.storage.Ledger.Appended;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What people do about consents: give, withdraw and read them. */
public final class ConsentActs {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Governance governance;

  /** Acts on the consents of a device. */
  public ConsentActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * What is agreed to; see {@link ConsentGrant} for the limits.
   *
   * @param purposes what the consent is for
   * @param controller who decides on the use
   * @param notice the privacy notice that was shown
   * @param obtained how it was obtained
   * @param expires when it ends, if it does
   */
  public record Terms(
      List<String> purposes,
      String controller,
      String notice,
      String obtained,
      Optional<Instant> expires) {

    public Terms {
      purposes = List.copyOf(purposes);
    }
  }

  /**
   * What a withdrawal has done.
   *
   * @param subject pseudonym of the data subject
   * @param entry index of the entry that records it
   * @param alive purposes that other consents still allow, sorted
   */
  public record Withdrawn(String subject, long entry, List<String> alive) {

    public Withdrawn {
      alive = List.copyOf(alive);
    }
  }

  /** An id that no consent has. */
  public static String newId() {
    return "c-" + HexFormat.of().toHexDigits(RANDOM.nextLong());
  }

  /**
   * Records that a data subject has agreed.
   *
   * @param subject as requests name it
   * @param id of the consent and of its receipt
   * @return its receipt
   * @throws GovernanceException {@code governance.not-permitted}, {@code
   *     governance.consent-malformed}, {@code governance.consent-purposes}, {@code
   *     governance.consent-known}, {@code governance.consent-expired}
   */
  public ConsentReceipt give(Principal by, String subject, String id, Terms terms) {
    String pseudonym = governance.vault().pseudonym(subject);
    Authority.require(by, Action.GIVE_CONSENT, Optional.of(pseudonym));
    ConsentGrant grant =
        new ConsentGrant(
            id,
            pseudonym,
            terms.purposes(),
            terms.controller(),
            terms.notice(),
            terms.obtained(),
            terms.expires(),
            governance.nameBeside(by, Optional.of(pseudonym)));
    governance.ledger().refresh();
    if (!governance.consents(id).isEmpty()) {
      throw ConsentRegister.known(id);
    }
    governance.consentsOf(pseudonym).require(grant, now());
    Appended appended = governance.ledger().append(grant.entry());
    return governance
        .consentsOf(pseudonym)
        .receipt(id, now())
        .filter(receipt -> receipt.consent().index() == appended.index())
        .orElseThrow(() -> ConsentRegister.known(id));
  }

  /**
   * Records that a data subject no longer agrees. It holds for every decision that begins after the
   * entry, in whatever process.
   *
   * @param subject as requests name it
   * @param id of the consent, if it is one that is withdrawn
   * @param purposes that are withdrawn in all consents; empty exactly if {@code id} is there
   * @throws GovernanceException {@code governance.not-permitted}, {@code
   *     governance.consent-malformed}, {@code governance.consent-purposes}, {@code
   *     governance.consent-unknown}, {@code governance.consent-of-another}, {@code
   *     governance.consent-withdrawn}
   */
  public Withdrawn withdraw(
      Principal by, String subject, Optional<String> id, List<String> purposes) {
    String pseudonym = governance.vault().pseudonym(subject);
    Authority.require(by, Action.WITHDRAW_CONSENT, Optional.of(pseudonym));
    ConsentWithdrawal withdrawal =
        new ConsentWithdrawal(
            pseudonym, id, purposes, governance.nameBeside(by, Optional.of(pseudonym)));
    governance.ledger().refresh();
    ConsentRegister register = governance.consentsOf(pseudonym);
    // The register holds one subject's; whether an id is another's, only the ledger says.
    if (id.isPresent()
        && register.receipt(id.get(), now()).isEmpty()
        && !governance.consents(id.get()).isEmpty()) {
      throw ConsentRegister.ofAnother(id.get());
    }
    register.require(withdrawal);
    long entry = governance.ledger().append(withdrawal.entry()).index();
    return new Withdrawn(
        pseudonym, entry, governance.consentsOf(pseudonym).purposes(pseudonym, now()));
  }

  /**
   * Receipts of all consents of a data subject, alive or not, in the order they were given.
   *
   * @param subject as requests name it
   * @throws GovernanceException {@code governance.not-permitted}
   */
  public List<ConsentReceipt> receipts(Principal by, String subject) {
    String pseudonym = governance.vault().pseudonym(subject);
    Authority.require(by, Action.READ_SUBJECT, Optional.of(pseudonym));
    governance.ledger().refresh();
    return governance.consentsOf(pseudonym).receipts(pseudonym, now());
  }

  /**
   * The receipt of one consent.
   *
   * @throws GovernanceException {@code governance.not-permitted}, {@code
   *     governance.consent-unknown}
   */
  public ConsentReceipt receipt(Principal by, String id) {
    governance.ledger().refresh();
    List<Long> places = governance.consents(id);
    Optional<String> pseudonym =
        places.isEmpty()
            ? Optional.empty()
            : governance.ledger().entry(places.getFirst()).value("subject");
    // Whoever may not read it does not learn whether it is there.
    Authority.require(by, Action.READ_SUBJECT, pseudonym);
    return pseudonym
        .flatMap(subject -> governance.consentsOf(subject).receipt(id, now()))
        .orElseThrow(() -> ConsentRegister.unknown("there is no consent " + id));
  }

  private Instant now() {
    return governance.clock().instant();
  }
}
