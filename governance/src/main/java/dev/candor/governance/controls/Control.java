package dev.candor.governance.controls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One demand of a framework, in our words.
 *
 * @param id unique among all frameworks, such as {@code E23-7}
 * @param title what it asks for
 * @param source where in the framework it stands
 * @param dates from when on it has which status
 * @param edge principles of EDGE that it serves
 * @param agile themes of AGILE that it serves
 * @param evidence names of the queries that give evidence for it; none if this product gives none
 * @param firmPolicy whether no regulator says it
 * @param verified whether it was read in the source for this catalogue
 * @param note what else is to be known
 */
public record Control(
    String id,
    String title,
    String source,
    List<DatedStatus> dates,
    List<EdgePrinciple> edge,
    List<AgileTheme> agile,
    List<String> evidence,
    boolean firmPolicy,
    boolean verified,
    Optional<String> note) {

  public Control {
    dates = List.copyOf(dates);
    edge = List.copyOf(edge);
    agile = List.copyOf(agile);
    evidence = List.copyOf(evidence);
  }

  /** The letters in EDGE and AGILE: {@code EG / A}. */
  public String letters() {
    return edge.stream().map(EdgePrinciple::letter).collect(Collectors.joining())
        + " / "
        + agile.stream().map(AgileTheme::letter).collect(Collectors.joining());
  }

  /** All but its id, by their names, as a comparison of two catalogues shows them. */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("title", title);
    fields.put("source", source);
    fields.put("dates", joined(dates));
    fields.put("edge", joined(edge.stream().map(EdgePrinciple::key).toList()));
    fields.put("agile", joined(agile.stream().map(AgileTheme::key).toList()));
    fields.put("evidence", joined(evidence));
    fields.put("firmPolicy", Boolean.toString(firmPolicy));
    fields.put("verified", Boolean.toString(verified));
    note.ifPresent(text -> fields.put("note", text));
    return fields;
  }

  static String joined(List<?> elements) {
    List<String> texts = new ArrayList<>();
    elements.forEach(element -> texts.add(element.toString()));
    return texts.isEmpty() ? "none" : String.join(", ", texts);
  }
}
