package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.entries.Entry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * That a data subject no longer agrees, as it is logged: either to one consent, or to purposes,
 * whichever consents they were given in. It takes effect from its entry on.
 *
 * @param subject pseudonym of the data subject
 * @param id of the consent, if it is one that is withdrawn
 * @param purposes that are withdrawn, sorted; empty exactly if {@code id} is there
 * @param by name of the principal who recorded it
 */
public record ConsentWithdrawal(
    String subject, Optional<String> id, List<String> purposes, String by) {

  /** The kind of its entry. */
  public static final String KIND = "consent-withdrawn";

  private static final int MOST_TEXT = 256;

  public ConsentWithdrawal {
    ConsentField.subject(subject);
    id.ifPresent(ConsentField::id);
    ConsentField.text("by", by, MOST_TEXT);
    if (id.isPresent() != purposes.isEmpty()) {
      throw new GovernanceException(
          "consent-malformed",
          "a withdrawal names "
              + (id.isPresent() ? "a consent and purposes" : "neither a consent nor purposes"),
          "Name the consent, or the purposes.");
    }
    purposes = id.isPresent() ? List.of() : Purposes.of(purposes);
  }

  /** Of one consent, with all its purposes. */
  public static ConsentWithdrawal ofConsent(String subject, String id, String by) {
    return new ConsentWithdrawal(subject, Optional.of(id), List.of(), by);
  }

  /** Of purposes, in all consents of the subject. */
  public static ConsentWithdrawal ofPurposes(String subject, List<String> purposes, String by) {
    return new ConsentWithdrawal(subject, Optional.empty(), Purposes.of(purposes), by);
  }

  /** As it is logged. */
  public Entry entry() {
    Map<String, String> values = new LinkedHashMap<>();
    id.ifPresent(consent -> values.put("consent", consent));
    values.put("subject", subject);
    if (!purposes.isEmpty()) {
      values.put("purposes", Purposes.text(purposes));
    }
    values.put("by", by);
    return new Entry(KIND, values);
  }

  /** Reads an entry of the kind {@link #KIND}. */
  static ConsentWithdrawal of(Entry entry) {
    return new ConsentWithdrawal(
        entry.required("subject"),
        entry.value("consent"),
        entry.value("purposes").map(Purposes::parse).orElse(List.of()),
        entry.required("by"));
  }
}
