package dev.candor.governance.consent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a data subject gets to keep: a consent, and what has become of it. Its fields are those of a
 * consent receipt of ISO/IEC TS 27560, by the names of this program.
 *
 * @param consent as it is in the ledger
 * @param state at the instant the receipt was made for
 * @param alive purposes that may be served, sorted
 * @param withdrawn purposes that were withdrawn, each with the index of the entry that did it
 */
public record ConsentReceipt(
    Consent consent, State state, List<String> alive, SortedMap<String, Long> withdrawn) {

  private static final String FORMAT = "candor-consent-receipt/1";

  /** What has become of a consent. */
  public enum State {
    /** At least one purpose may be served. */
    GIVEN,
    /** Every purpose was withdrawn. */
    WITHDRAWN,
    /** It has ended by itself, with some purpose not withdrawn. */
    EXPIRED;

    /** As it is written. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ConsentReceipt {
    alive = List.copyOf(alive);
    withdrawn = Collections.unmodifiableSortedMap(new TreeMap<>(withdrawn));
  }

  /** As JSON, in ASCII: it is handed to people, and nothing in it moves a cursor. */
  public String json() {
    ConsentGrant grant = consent.grant();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", FORMAT);
    fields.put("receipt", grant.id());
    fields.put("subject", grant.subject());
    fields.put("controller", grant.controller());
    fields.put("notice", grant.notice());
    fields.put("obtained", grant.obtained());
    fields.put("recordedBy", grant.by());
    fields.put("given", consent.given().toString());
    grant.expires().ifPresent(instant -> fields.put("expires", instant.toString()));
    fields.put("purposes", grant.purposes());
    fields.put("state", state.key());
    fields.put("alive", alive);
    fields.put("withdrawn", withdrawn);
    fields.put("entry", consent.index());
    return JsonMapper.builder()
        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(fields);
  }
}
