package dev.candor.governance.provenance.documents;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * The file of a document: YAML or JSON, {@code candor-document/1}. docs/reference/model-card.md
 * describes it.
 */
public final class DocumentFile {

  private static final String FORMAT = "candor-document/1";
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

  private final Map<String, Object> root;
  private final DocumentTemplate template;

  private DocumentFile(Map<String, Object> root) {
    this.root = root;
    requireKnown("the document", root, MEMBERS);
    if (!text("format", root).equals(FORMAT)) {
      throw malformed("format is not " + FORMAT);
    }
    this.template = DocumentTemplate.of(text("template", root));
  }

  /**
   * Reads a file. Questions that it does not answer are unknown.
   *
   * @throws GovernanceException {@code governance.document-malformed}, {@code
   *     governance.yaml-malformed}
   */
  public static Document parse(byte[] bytes) {
    return new DocumentFile(YamlDocument.read(bytes, "the document")).document();
  }

  private Document document() {
    return new Document(template, subject(), metadata(), answers(), metrics(), energy(), steps());
  }

  private Document.Subject subject() {
    Map<String, Object> subject = mapping("subject", root.getOrDefault("subject", Map.of()));
    requireKnown("subject", subject, List.of("name", "digest"));
    Optional<String> digest = optional("digest", subject);
    if (digest.isPresent() && !digest.get().matches("[0-9a-f]{64}")) {
      throw malformed("subject.digest is no SHA-256 in lower-case hexadecimal digits");
    }
    return new Document.Subject(optional("name", subject).orElse(Answer.UNKNOWN), digest);
  }

  private SortedMap<String, List<String>> metadata() {
    SortedMap<String, List<String>> metadata = new TreeMap<>();
    mapping("metadata", root.getOrDefault("metadata", Map.of()))
        .forEach((key, value) -> metadata.put(key, texts("metadata." + key, value)));
    return metadata;
  }

  private Map<String, Answer> answers() {
    Map<String, Object> sources = mapping("sources", root.getOrDefault("sources", Map.of()));
    List<String> keys = template.sections().stream().map(DocumentTemplate.Section::key).toList();
    Map<String, Answer> answers = new LinkedHashMap<>();
    mapping("answers", root.getOrDefault("answers", Map.of()))
        .forEach((section, value) -> {
          Map<String, String> questions =
              template
                  .section(section)
                  .orElseThrow(() -> template.unknown("section", section, keys))
                  .questions();
          mapping("answers." + section, value)
              .forEach((question, answer) -> {
                if (!questions.containsKey(question)) {
                  throw template.unknown("question", question, List.copyOf(questions.keySet()));
                }
                answers.put(
                    question,
                    new Answer(texts(question, answer), source(optional(question, sources))));
              });
        });
    return answers;
  }

  private static Answer.Source source(Optional<String> key) {
    return key.isEmpty()
        ? Answer.Source.AUTHOR
        : Arrays.stream(Answer.Source.values())
            .filter(source -> source.key().equals(key.get()))
            .findFirst()
            .orElseThrow(() -> malformed("there is no source '" + key.get() + "'"));
  }

  private List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (Map<String, Object> one : mappings("metrics")) {
      requireKnown("metrics", one, List.of("type", "value", "slice", "lower", "upper"));
      metrics.add(
          new Metric(
              text("type", one),
              text("value", one),
              optional("slice", one),
              optional("lower", one),
              optional("upper", one)));
    }
    return metrics;
  }

  private List<Energy> energy() {
    List<Energy> energy = new ArrayList<>();
    for (Map<String, Object> one : mappings("energy")) {
      requireKnown(
          "energy",
          one,
          List.of("activity", "kilowattHours", "label", "tonnesCarbonDioxide", "note"));
      energy.add(
          new Energy(
              word("activity", one, Energy.ACTIVITIES),
              number("kilowattHours", one),
              word("label", one, Energy.LABELS),
              number("tonnesCarbonDioxide", one),
              optional("note", one)));
    }
    return energy;
  }

  private List<String> steps() {
    return root.containsKey("steps") ? texts("steps", root.getOrDefault("steps", "")) : List.of();
  }

  private static Map<String, Object> mapping(String what, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw malformed(what + " has no keys");
    }
    Map<String, Object> mapping = new LinkedHashMap<>();
    map.forEach((key, member) -> mapping.put(String.valueOf(key), member));
    return mapping;
  }

  private List<Map<String, Object>> mappings(String key) {
    if (!(root.getOrDefault(key, List.of()) instanceof List<?> list)) {
      throw malformed(key + " is no list");
    }
    return list.stream().map(value -> mapping(key, value)).toList();
  }

  private static List<String> texts(String what, Object value) {
    return switch (value) {
      case String text -> List.of(text.strip());
      case List<?> list when list.stream().allMatch(String.class::isInstance) ->
          list.stream().map(it -> String.valueOf(it).strip()).toList();
      default -> throw malformed(what + " is neither a text nor a list of texts");
    };
  }

  private static String text(String key, Map<String, Object> mapping) {
    return optional(key, mapping).orElseThrow(() -> malformed(key + " is missing"));
  }

  private static Optional<String> optional(String key, Map<String, Object> mapping) {
    Object value = mapping.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw malformed(key + " is no text");
    }
    return Optional.of(text.strip());
  }

  private static String word(String key, Map<String, Object> mapping, Set<String> allowed) {
    String text = text(key, mapping);
    if (!allowed.contains(text)) {
      throw malformed(key + " is '" + text + "', allowed are " + new TreeSet<>(allowed));
    }
    return text;
  }

  private static OptionalDouble number(String key, Map<String, Object> mapping) {
    Optional<String> text = optional(key, mapping);
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (!text.get().matches("[0-9]{1,12}(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?")) {
      throw malformed(key + " is '" + text.get() + "', allowed is a number of 0 or more");
    }
    return OptionalDouble.of(Double.parseDouble(text.get()));
  }

  private static void requireKnown(String what, Map<String, Object> mapping, List<String> known) {
    mapping.keySet().stream()
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
