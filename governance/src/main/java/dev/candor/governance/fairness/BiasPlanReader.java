package dev.candor.governance.fairness;

import dev.candor.governance.KebabCase;
import dev.candor.governance.PlainText;
import dev.candor.governance.evidence.DigestTuple;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes a plan of its file. */
final class BiasPlanReader {

  private static final int VERSION = 1;
  private static final int MOST_TESTS = 20;
  private static final int MOST_LABELS = 200;
  private static final int MOST_GROUPS = 50;
  private static final int MOST_NAME = 128;
  private static final int MOST_TEXT = 2_000;
  private static final int USUAL_MINIMUM = 100;

  private static final List<String> OF_PLAN =
      List.of("version", "name", "basis", "seed", "confidence", "power", "resamples", "tests");
  private static final List<String> OF_TEST =
      List.of(
          "id",
          "kind",
          "set",
          "names",
          "instruction",
          "labels",
          "favourable",
          "groups",
          "intersections",
          "reference",
          "minimum",
          "cases",
          "limits");

  private BiasPlanReader() {}

  static BiasPlan read(byte[] yaml) {
    PlanFields plan = PlanFields.of(PlanNode.read(yaml), "the plan", OF_PLAN);
    plan.require("version");
    if (plan.whole("version", 0, 0, Long.MAX_VALUE) != VERSION) {
      throw PlanNode.malformed(
          plan.line("version"), "version is not " + VERSION + ", which this program reads");
    }
    List<BiasTest> tests = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (PlanNode node : plan.items("tests", MOST_TESTS)) {
      BiasTest test = test(PlanFields.of(node, "a test", OF_TEST));
      if (!ids.add(test.id())) {
        throw PlanNode.malformed(node.line(), "there are two tests " + test.id());
      }
      tests.add(test);
    }
    plan.require("seed");
    return new BiasPlan(
        plan.text("name", MOST_NAME),
        plan.optionalText("basis", MOST_NAME).orElse(BiasPlan.FIRM_POLICY),
        plan.whole("seed", 0, 0, Long.MAX_VALUE),
        plan.number("confidence", 0.95, 0.5, 0.9999),
        plan.number("power", 0.80, 0.5, 0.9999),
        (int) plan.whole("resamples", 2_000, 200, 100_000),
        tests,
        DigestTuple.sha256(yaml));
  }

  private static BiasTest test(PlanFields fields) {
    String id = fields.id("id");
    BiasTest.Kind kind = kind(fields);
    boolean grouped = kind == BiasTest.Kind.PARITY || kind == BiasTest.Kind.NAME_SWAP;
    refuse(fields, !grouped, kind, "favourable", "groups", "intersections", "cases", "names");
    refuse(fields, kind == BiasTest.Kind.QUESTIONS, kind, "labels");
    refuse(fields, kind != BiasTest.Kind.NAME_SWAP, kind, "reference");
    refuse(fields, kind == BiasTest.Kind.NAME_SWAP, kind, "intersections");
    if (kind == BiasTest.Kind.NAME_SWAP) {
      fields.require("names");
    }
    List<String> labels = labels(fields, grouped);
    Map<String, List<String>> groups = grouped ? groups(fields) : Map.of();
    return new BiasTest(
        id,
        kind,
        setName(fields, "set"),
        fields.has("names") ? Optional.of(setName(fields, "names")) : Optional.empty(),
        fields.optionalText("instruction", MOST_TEXT),
        labels,
        grouped ? favourable(fields, labels) : List.of(),
        groups,
        fields.flag("intersections", kind == BiasTest.Kind.PARITY && groups.size() > 1),
        kind == BiasTest.Kind.NAME_SWAP ? reference(fields, groups) : List.of(),
        fields.whole("minimum", USUAL_MINIMUM, 2, 10_000_000),
        fields.has("cases")
            ? OptionalInt.of((int) fields.whole("cases", 0, 1, BiasSets.MOST_CASES))
            : OptionalInt.empty(),
        fields.has("limits") ? limits(fields, kind) : BiasLimit.usual(kind));
  }

  /** What would be there without an effect is a mistake. */
  private static void refuse(
      PlanFields fields, boolean without, BiasTest.Kind kind, String... keys) {
    for (String key : keys) {
      if (without && fields.has(key)) {
        throw PlanNode.malformed(
            fields.line(key), "a test of kind " + kind.key() + " has no " + key);
      }
    }
  }

  private static BiasTest.Kind kind(PlanFields fields) {
    String key = fields.text("kind", KebabCase.MOST);
    for (BiasTest.Kind kind : BiasTest.Kind.values()) {
      if (kind.key().equals(key)) {
        return kind;
      }
    }
    throw PlanFields.unknown(
        fields.line("kind"), "there is no kind of test", key, BiasTest.Kind.keys());
  }

  /** A built-in set, or a file in the plan's own folder or below it. */
  private static String setName(PlanFields fields, String key) {
    String name = fields.text(key, 200);
    if (!BiasTest.isFile(name)) {
      if (!BuiltInSets.names().contains(name)) {
        throw PlanFields.unknown(
            fields.line(key),
            "a set is built in, or a file ending with .jsonl: there is no built-in set",
            name,
            BuiltInSets.names());
      }
      return name;
    }
    try {
      Path path = Path.of(name);
      if (!path.isAbsolute() && path.normalize().equals(path) && !path.startsWith("..")) {
        return name;
      }
    } catch (InvalidPathException e) {
      // Said below.
    }
    throw PlanNode.malformed(
        fields.line(key),
        key + " is '" + PlainText.shown(name) + "', allowed is a file in the plan's folder");
  }

  private static List<String> labels(PlanFields fields, boolean needed) {
    if (!needed && !fields.has("labels")) {
      return List.of();
    }
    List<String> labels = fields.texts("labels", MOST_LABELS, MOST_NAME);
    if (labels.size() < 2) {
      throw PlanNode.malformed(fields.line("labels"), "labels has 1 element, the least is 2");
    }
    return labels;
  }

  private static List<String> favourable(PlanFields fields, List<String> labels) {
    List<String> favourable = fields.texts("favourable", MOST_LABELS, MOST_NAME);
    for (String label : favourable) {
      if (!labels.contains(label)) {
        throw PlanFields.unknown(fields.line("favourable"), "there is no label", label, labels);
      }
    }
    if (favourable.size() == labels.size()) {
      throw PlanNode.malformed(fields.line("favourable"), "every label is favourable");
    }
    return favourable;
  }

  private static Map<String, List<String>> groups(PlanFields fields) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    Map<String, PlanNode> attributes = fields.entries("groups");
    if (attributes.isEmpty() || attributes.size() > 4) {
      throw PlanNode.malformed(fields.line("groups"), "groups does not have 1 to 4 attributes");
    }
    PlanFields each =
        PlanFields.of(fields.require("groups"), "groups", List.copyOf(attributes.keySet()));
    long cells = 1;
    for (String attribute : attributes.keySet()) {
      PlanFields.id(attribute, "an attribute", each.line(attribute));
      List<String> values = each.texts(attribute, MOST_GROUPS, MOST_NAME);
      if (values.size() < 2) {
        throw PlanNode.malformed(each.line(attribute), attribute + " has 1 group, the least is 2");
      }
      groups.put(attribute, values);
      cells *= values.size();
    }
    if (cells > MOST_GROUPS) {
      throw PlanNode.malformed(
          fields.line("groups"),
          "groups has " + cells + " combinations, allowed are " + MOST_GROUPS);
    }
    return groups;
  }

  private static List<String> reference(PlanFields fields, Map<String, List<String>> groups) {
    Map<String, PlanNode> given = fields.entries("reference");
    PlanFields each =
        PlanFields.of(
            fields.require("reference"),
            "reference",
            List.copyOf(new LinkedHashSet<>(groups.keySet())));
    List<String> reference = new ArrayList<>();
    groups.forEach((attribute, values) -> {
      if (!given.containsKey(attribute)) {
        throw PlanNode.malformed(each.line(), "reference has no " + attribute);
      }
      String value = each.text(attribute, MOST_NAME);
      if (!values.contains(value)) {
        throw PlanFields.unknown(
            each.line(attribute), "there is no group of " + attribute, value, values);
      }
      reference.add(value);
    });
    return reference;
  }

  private static List<BiasLimit> limits(PlanFields fields, BiasTest.Kind kind) {
    List<BiasLimit> limits = new ArrayList<>();
    PlanFields.of(fields.require("limits"), "limits", BiasLimit.keys(kind));
    fields
        .entries("limits")
        .forEach((key, node) -> {
          double most = key.startsWith(BiasMetric.LOG_ODDS_SHIFT.key()) ? 100 : 1;
          limits.add(BiasLimit.of(key, PlanFields.number(node, key, 0, most)));
        });
    if (limits.isEmpty()) {
      throw PlanNode.malformed(fields.line("limits"), "limits is empty: nothing would be judged");
    }
    return limits;
  }
}
