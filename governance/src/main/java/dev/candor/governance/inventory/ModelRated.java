package dev.candor.governance.inventory;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * That a model was rated.
 *
 * @param id of the model
 * @param rating what the method said of the answers: the inherent risk
 * @param method SHA-256 of the method's file
 * @param residual what is left of the risk, as the rater sees it, with what was done about it;
 *     apart from the rating, and nothing follows from it
 * @param mitigants what was done about it, if a residual risk was given
 * @param by who rated it
 */
public record ModelRated(
    String id,
    Rating rating,
    String method,
    Optional<RiskRating> residual,
    Optional<String> mitigants,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "model-rated";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-id", id)
        .put("rating", rating.rating().key())
        .put("points", rating.points())
        .put("most", rating.most())
        .put(
            "answers",
            rating.answers().entrySet().stream()
                .map(it -> it.getKey() + "=" + it.getValue())
                .collect(Collectors.joining(" ")))
        .put(
            "floors",
            rating.floors().isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(" ", rating.floors())))
        .put("method", method)
        .put("residual", residual.map(RiskRating::key))
        .put("mitigants", mitigants)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.rating-unknown}
   */
  public static ModelRated of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    Map<String, String> answers = new LinkedHashMap<>();
    for (String answer : entry.required("answers").split(" ", -1)) {
      int sign = answer.indexOf('=');
      answers.put(answer.substring(0, Math.max(sign, 0)), answer.substring(sign + 1));
    }
    return new ModelRated(
        entry.required("model-id"),
        new Rating(
            RiskRating.of(entry.required("rating")),
            (int) EntryFields.number(entry, "points"),
            (int) EntryFields.number(entry, "most"),
            answers,
            entry
                .value("floors")
                .map(text -> Arrays.asList(text.split(" ", -1)))
                .orElse(List.of())),
        entry.required("method"),
        entry.value("residual").map(RiskRating::of),
        entry.value("mitigants"),
        entry.required("by"));
  }
}
