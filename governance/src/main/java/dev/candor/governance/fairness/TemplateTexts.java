package dev.candor.governance.fairness;

import dev.candor.governance.evidence.DigestTuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes texts of templates and names. All draws follow from the plan's seed and the test's id: the
 * same plan has the same texts everywhere.
 */
final class TemplateTexts {

  private static final Pattern SLOT = Pattern.compile("\\{([A-Za-z][a-z0-9-]*)\\}");

  private final BiasTest test;
  private final BiasSet.Names names;
  private final RandomGenerator random;
  private final List<Written> written;

  /** A template whose own slots are filled; those for a name are left. */
  private record Written(String id, String text, Optional<String> label) {}

  /** A group of each attribute, and the names that are of all of them. */
  record Cell(Map<String, String> groups, List<BiasSet.NameRow> names) {}

  TemplateTexts(BiasTest test, BiasSet.Templates templates, BiasSet.Names names, long seed) {
    this.test = test;
    this.names = names;
    this.random =
        RandomGeneratorFactory.of("L64X128MixRandom")
            .create(
                HexFormat.fromHexDigitsToLong(
                    DigestTuple.sha256((seed + " " + test.id()).getBytes(StandardCharsets.UTF_8))
                        .substring(0, 16)));
    this.written = some(templates);
  }

  /** Each text once, with a name of one group. Groups take turns, for each label apart. */
  List<TestCase> inTurns() {
    List<Cell> cells = cells();
    Map<String, List<Written>> byLabel = new LinkedHashMap<>();
    for (Written text : written) {
      byLabel.computeIfAbsent(text.label().orElse(""), _ -> new ArrayList<>()).add(text);
    }
    List<TestCase> cases = new ArrayList<>();
    for (List<Written> texts : byLabel.values()) {
      List<Cell> turn = new ArrayList<>();
      for (Written text : texts) {
        if (turn.isEmpty()) {
          turn.addAll(cells);
          shuffle(turn);
        }
        Cell cell = turn.removeLast();
        cases.add(named(text, cell, pick(cell.names()), TestCase.PLAIN));
      }
    }
    return cases;
  }

  /**
   * Each text with a name of every group, that of the reference first; and, as a control, with a
   * second name of the reference, for a model may not keep to its answer for any other name.
   */
  List<TestCase> ofEveryGroup() {
    List<Cell> cells = cells();
    Cell reference =
        cells.stream()
            .filter(cell -> List.copyOf(cell.groups().values()).equals(test.reference()))
            .findFirst()
            .orElseThrow();
    if (reference.names().size() < 2) {
      throw BiasSetReader.unfit(
          names.name(), String.join("/", test.reference()), "is the only name of the reference");
    }
    List<TestCase> cases = new ArrayList<>();
    for (Written text : written) {
      BiasSet.NameRow first = pick(reference.names());
      cases.add(named(text, reference, first, TestCase.PLAIN));
      List<BiasSet.NameRow> others = new ArrayList<>(reference.names());
      others.remove(first);
      cases.add(named(text, reference, pick(others), TestCase.CONTROL));
      for (Cell cell : cells) {
        if (cell != reference) {
          cases.add(named(text, cell, pick(cell.names()), TestCase.PLAIN));
        }
      }
    }
    return cases;
  }

  /** Every combination of groups, in the order of the plan. */
  List<Cell> cells() {
    List<Map<String, String>> combinations = List.of(Map.of());
    for (Map.Entry<String, List<String>> attribute : test.groups().entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> combination : combinations) {
        for (String group : attribute.getValue()) {
          Map<String, String> more = new LinkedHashMap<>(combination);
          more.put(attribute.getKey(), group);
          longer.add(more);
        }
      }
      combinations = longer;
    }
    List<Cell> cells = new ArrayList<>();
    for (Map<String, String> groups : combinations) {
      List<BiasSet.NameRow> fitting =
          names.rows().stream()
              .filter(name -> name.groups().entrySet().containsAll(groups.entrySet()))
              .toList();
      if (fitting.isEmpty()) {
        throw BiasSetReader.unfit(
            names.name(),
            String.join("/", groups.values()),
            "is missing: there is no name of these groups");
      }
      cells.add(new Cell(Collections.unmodifiableMap(groups), fitting));
    }
    return cells;
  }

  /** All texts, or as many as the test takes, drawn. */
  private List<Written> some(BiasSet.Templates templates) {
    List<Written> all = new ArrayList<>();
    for (BiasSet.TemplateRow row : templates.rows()) {
      List<Map<String, String>> combinations = List.of(Map.of());
      for (Map.Entry<String, List<String>> part : row.parts().entrySet()) {
        List<Map<String, String>> longer = new ArrayList<>();
        for (Map<String, String> combination : combinations) {
          for (String text : part.getValue()) {
            Map<String, String> more = new LinkedHashMap<>(combination);
            more.put(part.getKey(), text);
            longer.add(more);
          }
        }
        combinations = longer;
        if (all.size() + (long) combinations.size() > BiasSets.MOST_CASES) {
          throw BiasSetReader.unfit(
              templates.name(), row.id(), "makes more than " + BiasSets.MOST_CASES + " texts");
        }
      }
      int number = 0;
      for (Map<String, String> combination : combinations) {
        String id = row.parts().isEmpty() ? row.id() : row.id() + "-" + ++number;
        all.add(new Written(id, filled(row.text(), combination), row.label()));
      }
    }
    OptionalInt most = test.cases();
    if (most.isPresent() && most.getAsInt() < all.size()) {
      shuffle(all);
      return List.copyOf(all.subList(0, most.getAsInt()));
    }
    shuffle(all);
    return all;
  }

  private TestCase named(Written text, Cell cell, BiasSet.NameRow name, String variant) {
    String whole = filled(text.text(), name.slots());
    Matcher left = SLOT.matcher(whole);
    if (left.find()) {
      throw BiasSetReader.unfit(
          test.set(), text.id(), "has the slot " + left.group() + ", which nothing fills");
    }
    return new TestCase(text.id(), variant, whole, test.labels(), text.label(), cell.groups());
  }

  /** Fills the slots that there is a value for; {@code {They}} is {@code {they}} with a capital. */
  private static String filled(String text, Map<String, String> values) {
    return SLOT.matcher(text)
        .replaceAll(slot -> {
          String name = slot.group(1);
          String value = values.get(name);
          if (value == null) {
            String small = values.get(name.toLowerCase(Locale.ROOT));
            value =
                small == null
                    ? slot.group()
                    : small.substring(0, 1).toUpperCase(Locale.ROOT) + small.substring(1);
          }
          return Matcher.quoteReplacement(value);
        });
  }

  private <T> T pick(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }

  /** Fisher and Yates, from the end. */
  private <T> void shuffle(List<T> items) {
    for (int i = items.size() - 1; i > 0; i--) {
      Collections.swap(items, i, random.nextInt(i + 1));
    }
  }
}
