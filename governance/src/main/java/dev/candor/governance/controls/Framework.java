package dev.candor.governance.controls;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A guideline, law, standard or policy, and its controls.
 *
 * @param id kebab case
 * @param title for people
 * @param source who issued it, and when
 * @param verified whether it was read in the source for this catalogue
 * @param firmPolicy whether no regulator says it
 * @param note what else is to be known
 * @param dates from when on it has which status
 * @param controls in the order of the framework
 */
public record Framework(
    String id,
    String title,
    String source,
    boolean verified,
    boolean firmPolicy,
    Optional<String> note,
    List<DatedStatus> dates,
    List<Control> controls) {

  public Framework {
    dates = List.copyOf(dates);
    controls = List.copyOf(controls);
  }

  /** All but its id and its controls, by their names. */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("title", title);
    fields.put("source", source);
    fields.put("dates", Control.joined(dates));
    fields.put("firmPolicy", Boolean.toString(firmPolicy));
    fields.put("verified", Boolean.toString(verified));
    note.ifPresent(text -> fields.put("note", text));
    return fields;
  }
}
