package dev.candor.governance.consent;

import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * That a data subject has agreed, as it is logged. The fields are those of a consent record of
 * ISO/IEC TS 27560; when it was given is the instant of its entry.
 *
 * @param id of the consent and of its receipt, chosen when it is given and never used again: 1 to
 *     64 of a–z, 0–9 and -
 * @param subject pseudonym of the data subject
 * @param purposes what it is given for; sorted, see {@link Purposes}
 * @param controller who decides on the use, at most {@value #MOST_TEXT} characters
 * @param notice reference of the privacy notice that was shown, at most {@value #MOST_NOTICE}
 *     characters: an address and, better, a digest
 * @param obtained how it was obtained, such as {@code typed at the prompt}, at most {@value
 *     #MOST_TEXT} characters
 * @param expires when it ends, if it does
 * @param by name of the principal who recorded it
 */
public record ConsentGrant(
    String id,
    String subject,
    List<String> purposes,
    String controller,
    String notice,
    String obtained,
    Optional<Instant> expires,
    String by) {

  /** The kind of its entry. */
  public static final String KIND = "consent-given";

  private static final int MOST_TEXT = 256;
  private static final int MOST_NOTICE = 1024;

  public ConsentGrant {
    ConsentField.id(id);
    ConsentField.subject(subject);
    purposes = Purposes.of(purposes);
    ConsentField.text("controller", controller, MOST_TEXT);
    ConsentField.text("notice", notice, MOST_NOTICE);
    ConsentField.text("obtained", obtained, MOST_TEXT);
    ConsentField.text("by", by, MOST_TEXT);
  }

  /** As it is logged. */
  public Entry entry() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("consent", id);
    values.put("subject", subject);
    values.put("purposes", Purposes.text(purposes));
    values.put("controller", controller);
    values.put("notice", notice);
    values.put("obtained", obtained);
    expires.ifPresent(instant -> values.put("expires", instant.toString()));
    values.put("by", by);
    return new Entry(KIND, values);
  }

  /** Reads an entry of the kind {@link #KIND}. */
  static ConsentGrant of(Entry entry) {
    return new ConsentGrant(
        entry.required("consent"),
        entry.required("subject"),
        Purposes.parse(entry.required("purposes")),
        entry.required("controller"),
        entry.required("notice"),
        entry.required("obtained"),
        entry.value("expires").map(text -> ConsentField.instant("expires", text)),
        entry.required("by"));
  }
}
