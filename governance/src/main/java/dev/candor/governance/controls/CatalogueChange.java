package dev.candor.governance.controls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One thing in which a later catalogue differs from an earlier one.
 *
 * @param what id of a framework or of a control
 * @param field which field; none if all of it came or went
 * @param before what stood there; none if nothing did
 * @param after what stands there now; none if nothing does
 */
public record CatalogueChange(
    String what, Optional<String> field, Optional<String> before, Optional<String> after) {

  /** All changes from one catalogue to another, in the order of the first, then of the second. */
  public static List<CatalogueChange> between(ControlCatalogue before, ControlCatalogue after) {
    List<CatalogueChange> changes = new ArrayList<>();
    Map<String, Map<String, String>> old = fields(before);
    Map<String, Map<String, String>> now = fields(after);
    Set<String> all = new LinkedHashSet<>(old.keySet());
    all.addAll(now.keySet());
    for (String what : all) {
      Map<String, String> was = old.getOrDefault(what, Map.of());
      Map<String, String> is = now.getOrDefault(what, Map.of());
      if (was.isEmpty() || is.isEmpty()) {
        changes.add(
            new CatalogueChange(
                what,
                Optional.empty(),
                Optional.ofNullable(was.get("title")),
                Optional.ofNullable(is.get("title"))));
        continue;
      }
      Set<String> names = new LinkedHashSet<>(was.keySet());
      names.addAll(is.keySet());
      for (String name : names) {
        Optional<String> one = Optional.ofNullable(was.get(name));
        Optional<String> other = Optional.ofNullable(is.get(name));
        if (!one.equals(other)) {
          changes.add(new CatalogueChange(what, Optional.of(name), one, other));
        }
      }
    }
    return changes;
  }

  /** A framework has the word in front of its id, which may be that of a control too. */
  private static Map<String, Map<String, String>> fields(ControlCatalogue catalogue) {
    Map<String, Map<String, String>> fields = new LinkedHashMap<>();
    for (Framework framework : catalogue.frameworks()) {
      fields.put("framework " + framework.id(), framework.fields());
      for (Control control : framework.controls()) {
        fields.put(control.id(), control.fields());
      }
    }
    return fields;
  }

  /** For people. */
  @Override
  public String toString() {
    if (field.isEmpty()) {
      return before.isEmpty()
          ? "added    " + what + ": " + after.orElse("")
          : "removed  " + what + ": " + before.get();
    }
    return "changed  "
        + what
        + ": "
        + field.get()
        + " was '"
        + before.orElse("none")
        + "', is '"
        + after.orElse("none")
        + "'";
  }
}
