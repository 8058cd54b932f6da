package dev.candor.governance.controls;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.statistics.NearestWord;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One file of a catalogue: a framework, or changes to one. What a later file of the same framework
 * says takes the place of what an earlier one said, field by field and control by control.
 */
final class CatalogueFile {

  private static final String VERSION = "1";
  private static final int MOST_TEXT = 400;
  private static final int MOST_CONTROLS = 500;
  private static final String FRAMEWORK = "framework";
  private static final String CONTROLS = "controls";

  private static final List<String> OF_FILES = List.of("format", FRAMEWORK, CONTROLS);
  private static final List<String> OF_FRAMEWORKS =
      List.of("id", "title", "source", "verified", "firmPolicy", "note", "dates");
  private static final List<String> OF_CONTROLS =
      List.of(
          "id",
          "title",
          "source",
          "dates",
          "edge",
          "agile",
          "evidence",
          "firmPolicy",
          "verified",
          "note");

  private final String name;
  private final Map<String, Object> framework;
  private final Map<String, Map<String, Object>> controls;

  private CatalogueFile(
      String name, Map<String, Object> framework, Map<String, Map<String, Object>> controls) {
    this.name = name;
    this.framework = framework;
    this.controls = controls;
  }

  /**
   * Reads one.
   *
   * @param name of the file, for messages
   * @throws GovernanceException {@code governance.yaml-malformed} or {@code
   *     governance.controls-malformed}
   */
  static CatalogueFile read(String name, byte[] yaml) {
    Map<String, Object> file = YamlDocument.read(yaml, name);
    requireKnown(name, file.keySet(), OF_FILES);
    if (!VERSION.equals(file.get("format"))) {
      throw malformed(name, "format is not " + VERSION);
    }
    Map<String, Object> framework = mapping(name, FRAMEWORK, file.getOrDefault(FRAMEWORK, ""));
    requireKnown(name + ": framework", framework.keySet(), OF_FRAMEWORKS);
    KebabCase.require(
        text(name, framework, "id"), "controls-malformed", name + ": id of the framework");
    Map<String, Map<String, Object>> controls = new LinkedHashMap<>();
    for (Object element : list(name, CONTROLS, file.getOrDefault(CONTROLS, List.of()))) {
      Map<String, Object> control = mapping(name, "a control", element);
      String id = text(name, control, "id");
      requireKnown(name + ": " + PlainText.shown(id), control.keySet(), OF_CONTROLS);
      if (controls.put(id, control) != null) {
        throw malformed(name, PlainText.shown(id) + " is there twice");
      }
      if (controls.size() > MOST_CONTROLS) {
        throw malformed(name, "it has more than " + MOST_CONTROLS + " controls");
      }
    }
    return new CatalogueFile(name, framework, controls);
  }

  /** Of which framework it is. */
  String id() {
    return text(name, framework, "id");
  }

  /** This one with what another says of the same framework. */
  CatalogueFile with(CatalogueFile later) {
    Map<String, Object> merged = new LinkedHashMap<>(framework);
    merged.putAll(later.framework);
    Map<String, Map<String, Object>> all = new LinkedHashMap<>(controls);
    later.controls.forEach((id, control) ->
        all.merge(
            id,
            control,
            (old, changed) -> {
              Map<String, Object> one = new LinkedHashMap<>(old);
              one.putAll(changed);
              return one;
            }));
    return new CatalogueFile(later.name, merged, all);
  }

  /**
   * What it says. A control has the dates and marks of its framework unless it has its own.
   *
   * @throws GovernanceException {@code governance.controls-malformed}, naming file, control and
   *     field; {@code governance.query-unknown}
   */
  Framework framework() {
    boolean verified = flag(name, framework, "verified", false);
    boolean firmPolicy = flag(name, framework, "firmPolicy", false);
    List<DatedStatus> dates = dates(name, framework, List.of());
    List<Control> parsed =
        controls.values().stream().map(one -> control(one, dates, firmPolicy, verified)).toList();
    return new Framework(
        id(),
        text(name, framework, "title"),
        text(name, framework, "source"),
        verified,
        firmPolicy,
        note(name, framework),
        dates,
        parsed);
  }

  private Control control(
      Map<String, Object> control, List<DatedStatus> dates, boolean firmPolicy, boolean verified) {
    String id = text(name, control, "id");
    String where = name + ": " + id;
    return new Control(
        id,
        text(where, control, "title"),
        text(where, control, "source"),
        dates(where, control, dates),
        words(where, control, "edge", EdgePrinciple.values(), EdgePrinciple::key),
        words(where, control, "agile", AgileTheme.values(), AgileTheme::key),
        evidence(where, control),
        flag(where, control, "firmPolicy", firmPolicy),
        flag(where, control, "verified", verified),
        note(where, control));
  }

  private static List<String> evidence(String where, Map<String, Object> control) {
    return list(where, "evidence", control.getOrDefault("evidence", List.of())).stream()
        .map(element -> EvidenceQueries.require(scalar(where, "evidence", element)))
        .map(EvidenceQuery::name)
        .toList();
  }

  private static List<DatedStatus> dates(
      String where, Map<String, Object> of, List<DatedStatus> otherwise) {
    if (!of.containsKey("dates")) {
      return otherwise;
    }
    List<DatedStatus> dates = new ArrayList<>();
    for (Object element : list(where, "dates", of.get("dates"))) {
      Map<String, Object> date = mapping(where, "a date", element);
      requireKnown(where + ": dates", date.keySet(), List.of("day", "status"));
      String day = text(where, date, "day");
      try {
        dates.add(new DatedStatus(LocalDate.parse(day), text(where, date, "status")));
      } catch (DateTimeException e) {
        throw malformed(
            where, "day is '" + PlainText.shown(day) + "', allowed is one as 2027-05-01");
      }
    }
    return dates;
  }

  private static <E> List<E> words(
      String where, Map<String, Object> of, String key, E[] values, Function<E, String> keyOf) {
    List<E> words = new ArrayList<>();
    for (Object element : list(where, key, of.getOrDefault(key, List.of()))) {
      String word = scalar(where, key, element);
      List<String> known = new ArrayList<>();
      for (E value : values) {
        known.add(keyOf.apply(value));
      }
      if (!known.contains(word)) {
        throw malformed(
            where,
            key + " has '" + PlainText.shown(word) + "', there are " + String.join(", ", known));
      }
      words.add(values[known.indexOf(word)]);
    }
    return words;
  }

  private static boolean flag(String where, Map<String, Object> of, String key, boolean otherwise) {
    if (!of.containsKey(key)) {
      return otherwise;
    }
    String text = text(where, of, key);
    if (!text.equals("true") && !text.equals("false")) {
      throw malformed(
          where, key + " is '" + PlainText.shown(text) + "', allowed are true and false");
    }
    return text.equals("true");
  }

  private static Optional<String> note(String where, Map<String, Object> of) {
    return of.containsKey("note") ? Optional.of(text(where, of, "note")) : Optional.empty();
  }

  private static String text(String where, Map<String, Object> of, String key) {
    Object value = of.get(key);
    if (value == null) {
      throw malformed(where, key + " is missing");
    }
    return scalar(where, key, value);
  }

  private static String scalar(String where, String key, Object value) {
    if (!(value instanceof String text)
        || text.isBlank()
        || text.length() > MOST_TEXT
        || !PlainText.isPlain(text)) {
      throw malformed(where, key + " is not 1 to " + MOST_TEXT + " visible characters on one line");
    }
    return text;
  }

  private static List<?> list(String where, String key, Object value) {
    if (!(value instanceof List<?> list)) {
      throw malformed(where, key + " is not a list");
    }
    return list;
  }

  private static Map<String, Object> mapping(String where, String what, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw malformed(where, what + " does not consist of keys and values");
    }
    Map<String, Object> mapping = new LinkedHashMap<>();
    map.forEach((key, element) -> mapping.put(String.valueOf(key), element));
    return mapping;
  }

  private static void requireKnown(String where, Collection<String> keys, List<String> known) {
    for (String key : keys) {
      if (!known.contains(key)) {
        throw malformed(
            where,
            "there is no key '"
                + PlainText.shown(key)
                + "'; did you mean '"
                + NearestWord.to(key, known)
                + "'?");
      }
    }
  }

  private static GovernanceException malformed(String where, String why) {
    return new GovernanceException(
        "controls-malformed",
        where + ": " + why,
        "Correct the file; docs/reference/controls.md describes it.");
  }
}
