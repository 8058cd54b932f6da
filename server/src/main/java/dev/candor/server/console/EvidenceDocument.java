package dev.candor.server.console;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A document of evidence that is JSON: as it stands, or signed in an envelope (DSSE). It may come
 * from anywhere, so nothing in it is taken for granted.
 */
final class EvidenceDocument {

  private static final String RELIABILITY = "calibration.reliability";
  private static final String CALIBRATION = "candor calibration";
  private static final int DEEPEST = 12;
  private static final int MOST_DIAGRAMS = 8;
  private static final int MOST_BINS = 100;

  private final JsonNode root;

  private EvidenceDocument(JsonNode root) {
    this.root = root;
  }

  /** Reads it; empty if it is no JSON. */
  static Optional<EvidenceDocument> read(byte[] document) {
    try {
      JsonNode json = JsonMapper.shared().readTree(document);
      JsonNode payload = json.path("payload");
      if (payload.isString() && json.has("payloadType")) {
        json = JsonMapper.shared().readTree(Base64.getDecoder().decode(payload.asString()));
      }
      return Optional.of(new EvidenceDocument(json));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Tests of a report on bias; none of any other document. */
  List<BiasTestView> tests() {
    JsonNode predicate = root.has("predicate") ? root.path("predicate") : root;
    List<BiasTestView> tests = new ArrayList<>();
    for (JsonNode test : predicate.path("tests")) {
      tests.add(
          new BiasTestView(
              text(test, "id"),
              text(test, "kind"),
              text(test, "verdict"),
              views(test),
              limits(test)));
    }
    return tests;
  }

  private static List<BiasTestView.GroupsView> views(JsonNode test) {
    Map<String, List<BiasTestView.GroupRow>> rows = new LinkedHashMap<>();
    Map<String, String> measures = new LinkedHashMap<>();
    for (JsonNode group : test.path("groups")) {
      String view = text(group, "view");
      measures.putIfAbsent(view, text(group, "measure"));
      rows.computeIfAbsent(view, _ -> new ArrayList<>())
          .add(
              new BiasTestView.GroupRow(
                  text(group, "group"),
                  group.path("rows").asLong(0),
                  share(group, "share"),
                  share(group, "lower"),
                  share(group, "upper")));
    }
    List<BiasTestView.GroupsView> views = new ArrayList<>();
    rows.forEach((view, groups) -> {
      double most = groups.stream().mapToDouble(BiasTestView.GroupRow::upper).max().orElse(1);
      views.add(
          new BiasTestView.GroupsView(
              view, String.valueOf(measures.get(view)), scale(most), groups));
    });
    return views;
  }

  /** The least of some round numbers that all fits below. */
  private static double scale(double most) {
    for (double round : new double[] {0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8}) {
      if (most <= round) {
        return round;
      }
    }
    return 1;
  }

  private static List<BiasTestView.LimitRow> limits(JsonNode test) {
    List<BiasTestView.LimitRow> limits = new ArrayList<>();
    for (JsonNode finding : test.path("findings")) {
      for (JsonNode judgement : finding.path("judgements")) {
        limits.add(
            new BiasTestView.LimitRow(
                text(finding, "view"),
                text(finding, "metric"),
                text(finding, "between"),
                number(finding.path("estimate")),
                number(finding.path("lower")) + " to " + number(finding.path("upper")),
                text(judgement, "limit") + " " + number(judgement.path("value")),
                text(judgement, "verdict")));
      }
    }
    return limits;
  }

  /** Figures of a calibration that this program made; none of any other document. */
  Map<String, String> figures() {
    Map<String, String> figures = new LinkedHashMap<>();
    if (!text(root, "document").equals(CALIBRATION)) {
      return figures;
    }
    List<String> labels = new ArrayList<>();
    root.path("labels").forEach(label -> labels.add(HtmlText.harmless(label.asString(""))));
    figures.put("Labels", String.join(", ", labels));
    figures.put(
        "Texts", text(root, "texts") + ", of them " + text(root, "checked") + " to check it by");
    figures.put("Right", Shown.percent(share(root, "accuracy")));
    figures.put("Temperature", number(root.path("temperature")));
    change(figures, "Calibration error, equal width", "equalWidth");
    change(figures, "Calibration error, equal mass", "equalMass");
    change(figures, "Brier score", "brier");
    figures.put(
        "Sets of labels",
        "hold the right one in "
            + Shown.percent(share(root, "coverage"))
            + ", asked for "
            + Shown.percent(1 - share(root, "alpha")));
    figures.put("Referred to a person", Shown.percent(share(root, "referred")));
    return figures;
  }

  private void change(Map<String, String> figures, String title, String name) {
    figures.put(
        title,
        number(root.path("before").path(name))
            + " before, "
            + number(root.path("after").path(name))
            + " after");
  }

  /** Diagrams of reliability, wherever in the document they are. */
  List<ReliabilityDiagram> diagrams() {
    List<ReliabilityDiagram> found = new ArrayList<>();
    collect(root, 0, found);
    return found;
  }

  private static void collect(JsonNode node, int depth, List<ReliabilityDiagram> found) {
    if (depth > DEEPEST || found.size() >= MOST_DIAGRAMS) {
      return;
    }
    if (node.path("statistic").asString("").equals(RELIABILITY)) {
      diagram(text(node, "name"), node.path("values")).ifPresent(found::add);
      return;
    }
    for (JsonNode child : node) {
      collect(child, depth + 1, found);
    }
  }

  private static Optional<ReliabilityDiagram> diagram(String name, JsonNode values) {
    List<ReliabilityDiagram.Bin> bins = new ArrayList<>();
    for (JsonNode bin : values) {
      if (bin.path("rows").asLong(0) > 0
          && bin.path("mean-probability").isNumber()
          && bin.path("share-right").isNumber()
          && bins.size() < MOST_BINS) {
        bins.add(
            new ReliabilityDiagram.Bin(
                share(bin, "lower"),
                share(bin, "upper"),
                bin.path("rows").asLong(0),
                share(bin, "mean-probability"),
                share(bin, "share-right")));
      }
    }
    return bins.isEmpty()
        ? Optional.empty()
        : Optional.of(new ReliabilityDiagram(name.isEmpty() ? "reliability" : name, bins));
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isString()
        ? HtmlText.harmless(value.asString())
        : value.isMissingNode() ? "" : HtmlText.harmless(value.toString());
  }

  /** A share: whatever else stands there is none. */
  private static double share(JsonNode node, String name) {
    return Math.clamp(node.path(name).asDouble(0), 0, 1);
  }

  private static String number(JsonNode value) {
    return value.isNumber()
        ? Shown.decimals(value.asDouble())
        : HtmlText.harmless(value.asString(""));
  }

  static Optional<EvidenceDocument> read(String document) {
    return read(document.getBytes(StandardCharsets.UTF_8));
  }
}
