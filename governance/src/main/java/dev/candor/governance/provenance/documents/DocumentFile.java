package dev.candor.governance.provenance.documents;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The file of a document: YAML or JSON, {@code candor-document/1}. docs/reference/model-card.md
 * describes it.
 */
public final class DocumentFile {

  private static final String FORMAT = "candor-document/1";
  private static final int MOST_BYTES = 1 << 20;
  private static final List<String> MEMBERS =
      List.of(
          "format",
          "template",
          "subject",
          "metadata",
          "answers",
          "sources",
          "metrics",
          "energy",
          "steps");

  private final JsonNode root;
  private final DocumentTemplate template;

  private DocumentFile(JsonNode root) {
    this.root = root;
    requireKnown("the document", root, MEMBERS);
    if (!text("format", root.path("format")).equals(FORMAT)) {
      throw malformed("format is not " + FORMAT);
    }
    this.template = DocumentTemplate.of(text("template", root.path("template")));
  }

  /**
   * Reads a file. Questions that it does not answer are unknown.
   *
   * @throws GovernanceException {@code governance.document-malformed}
   */
  public static Document parse(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw malformed("it has " + bytes.length + " bytes, allowed are " + MOST_BYTES);
    }
    try {
      // JSON is YAML as well.
      JsonNode root =
          YAMLMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(new String(bytes, StandardCharsets.UTF_8));
      return new DocumentFile(root).document();
    } catch (JacksonException e) {
      throw malformed(e.getOriginalMessage());
    }
  }

  private Document document() {
    return new Document(template, subject(), metadata(), answers(), metrics(), energy(), steps());
  }

  private Document.Subject subject() {
    JsonNode subject = object("subject");
    requireKnown("subject", subject, List.of("name", "digest"));
    Optional<String> digest = optional("subject.digest", subject.path("digest"));
    if (digest.isPresent() && !digest.get().matches("[0-9a-f]{64}")) {
      throw malformed("subject.digest is no SHA-256 in lower-case hexadecimal digits");
    }
    return new Document.Subject(
        optional("subject.name", subject.path("name")).orElse(Answer.UNKNOWN), digest);
  }

  private SortedMap<String, List<String>> metadata() {
    SortedMap<String, List<String>> metadata = new TreeMap<>();
    object("metadata")
        .propertyStream()
        .forEach(it -> metadata.put(it.getKey(), texts("metadata." + it.getKey(), it.getValue())));
    return metadata;
  }

  private Map<String, Answer> answers() {
    JsonNode sources = object("sources");
    Map<String, Answer> answers = new LinkedHashMap<>();
    object("answers")
        .propertyStream()
        .forEach(section -> {
          List<String> keys =
              template.sections().stream().map(DocumentTemplate.Section::key).toList();
          Map<String, String> questions =
              template
                  .section(section.getKey())
                  .orElseThrow(() -> template.unknown("section", section.getKey(), keys))
                  .questions();
          if (!section.getValue().isObject()) {
            throw malformed("answers." + section.getKey() + " holds no questions");
          }
          section
              .getValue()
              .propertyStream()
              .forEach(it -> {
                if (!questions.containsKey(it.getKey())) {
                  throw template.unknown("question", it.getKey(), List.copyOf(questions.keySet()));
                }
                answers.put(
                    it.getKey(),
                    new Answer(
                        texts(it.getKey(), it.getValue()), source(sources.path(it.getKey()))));
              });
        });
    return answers;
  }

  private static Answer.Source source(JsonNode node) {
    String key = optional("sources", node).orElse(Answer.Source.AUTHOR.key());
    try {
      return Answer.Source.valueOf(key.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw malformed("there is no source '" + key + "'");
    }
  }

  private List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (JsonNode node : list("metrics")) {
      requireKnown("metrics", node, List.of("type", "value", "slice", "lower", "upper"));
      metrics.add(
          new Metric(
              text("metrics.type", node.path("type")),
              text("metrics.value", node.path("value")),
              optional("metrics.slice", node.path("slice")),
              optional("metrics.lower", node.path("lower")),
              optional("metrics.upper", node.path("upper"))));
    }
    return metrics;
  }

  private List<Energy> energy() {
    List<Energy> energy = new ArrayList<>();
    for (JsonNode node : list("energy")) {
      requireKnown(
          "energy",
          node,
          List.of("activity", "kilowattHours", "label", "tonnesCarbonDioxide", "note"));
      energy.add(
          new Energy(
              word("energy.activity", node.path("activity"), Energy.ACTIVITIES),
              number("energy.kilowattHours", node.path("kilowattHours")),
              word("energy.label", node.path("label"), Energy.LABELS),
              number("energy.tonnesCarbonDioxide", node.path("tonnesCarbonDioxide")),
              optional("energy.note", node.path("note"))));
    }
    return energy;
  }

  private List<String> steps() {
    return root.has("steps") ? texts("steps", root.path("steps")) : List.of();
  }

  private JsonNode object(String key) {
    JsonNode node = root.path(key);
    if (!node.isMissingNode() && !node.isObject()) {
      throw malformed(key + " is no mapping");
    }
    return node;
  }

  private List<JsonNode> list(String key) {
    JsonNode node = root.path(key);
    if (node.isMissingNode()) {
      return List.of();
    }
    if (!node.isArray() || !node.valueStream().allMatch(JsonNode::isObject)) {
      throw malformed(key + " is no list of mappings");
    }
    return node.valueStream().toList();
  }

  private static List<String> texts(String what, JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(it -> text(what, it)).toList()
        : List.of(text(what, node));
  }

  /** A text, or a number or truth value as it is written; nothing at all is an empty text. */
  private static String text(String what, JsonNode node) {
    if (node.isNull()) {
      return "";
    }
    if (!node.isValueNode()) {
      throw malformed(what + " is missing or no text");
    }
    return node.asString().strip();
  }

  private static Optional<String> optional(String what, JsonNode node) {
    return node.isMissingNode() ? Optional.empty() : Optional.of(text(what, node));
  }

  private static String word(String what, JsonNode node, Set<String> allowed) {
    String text = text(what, node);
    if (!allowed.contains(text)) {
      throw malformed(what + " is '" + text + "', allowed are " + new TreeSet<>(allowed));
    }
    return text;
  }

  private static OptionalDouble number(String what, JsonNode node) {
    if (node.isMissingNode()) {
      return OptionalDouble.empty();
    }
    if (!node.isNumber() || !(node.asDouble() >= 0) || Double.isInfinite(node.asDouble())) {
      throw malformed(what + " is no number of 0 or more");
    }
    return OptionalDouble.of(node.asDouble());
  }

  private static void requireKnown(String what, JsonNode node, List<String> known) {
    if (!node.isMissingNode() && !node.isObject()) {
      throw malformed(what + " is no mapping");
    }
    node.propertyNames().stream()
        .filter(key -> !known.contains(key))
        .findFirst()
        .ifPresent(key -> {
          throw malformed(what + " has the unknown key '" + key + "'");
        });
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "document-malformed",
        "this is not a document of candor: " + PlainText.shown(why),
        "docs/reference/model-card.md describes the file.");
  }

  /** The document as YAML. */
  public static byte[] yaml(Document document) {
    return YAMLMapper.builder()
        .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
        .build()
        .writeValueAsBytes(members(document));
  }

  /** The document as JSON. */
  public static byte[] json(Document document) {
    return JsonMapper.shared()
        .writerWithDefaultPrettyPrinter()
        .writeValueAsBytes(members(document));
  }

  /** As members of a JSON object. */
  public static Map<String, Object> members(Document document) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("template", document.template().key());
    Map<String, Object> subject = new LinkedHashMap<>();
    subject.put("name", document.subject().name());
    document.subject().digest().ifPresent(digest -> subject.put("digest", digest));
    members.put("subject", subject);
    if (!document.metadata().isEmpty()) {
      Map<String, Object> metadata = new LinkedHashMap<>();
      document.metadata().forEach((key, texts) -> metadata.put(key, oneOrAll(texts)));
      members.put("metadata", metadata);
    }
    Map<String, Object> sections = new LinkedHashMap<>();
    Map<String, Object> sources = new LinkedHashMap<>();
    for (DocumentTemplate.Section section : document.template().sections()) {
      Map<String, Object> answers = new LinkedHashMap<>();
      for (String question : section.questions().keySet()) {
        Answer answer = document.answer(question);
        answers.put(question, oneOrAll(answer.texts()));
        if (answer.source() != Answer.Source.AUTHOR && !answer.isUnknown()) {
          sources.put(question, answer.source().key());
        }
      }
      sections.put(section.key(), answers);
    }
    members.put("answers", sections);
    if (!sources.isEmpty()) {
      members.put("sources", sources);
    }
    if (!document.metrics().isEmpty()) {
      members.put("metrics", document.metrics().stream().map(DocumentFile::members).toList());
    }
    if (!document.energy().isEmpty()) {
      members.put("energy", document.energy().stream().map(DocumentFile::members).toList());
    }
    if (!document.steps().isEmpty()) {
      members.put("steps", document.steps());
    }
    return members;
  }

  private static Object oneOrAll(List<String> texts) {
    return texts.size() == 1 ? texts.getFirst() : texts;
  }

  private static Map<String, Object> members(Metric metric) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", metric.type());
    members.put("value", metric.value());
    metric.slice().ifPresent(it -> members.put("slice", it));
    metric.lower().ifPresent(it -> members.put("lower", it));
    metric.upper().ifPresent(it -> members.put("upper", it));
    return members;
  }

  private static Map<String, Object> members(Energy energy) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("activity", energy.activity());
    energy.kilowattHours().ifPresent(it -> members.put("kilowattHours", it));
    members.put("label", energy.label());
    energy.tonnesCarbonDioxide().ifPresent(it -> members.put("tonnesCarbonDioxide", it));
    energy.note().ifPresent(it -> members.put("note", it));
    return members;
  }
}
