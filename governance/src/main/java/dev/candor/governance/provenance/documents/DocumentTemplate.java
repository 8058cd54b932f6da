package dev.candor.governance.provenance.documents;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The headings and questions of a kind of document.
 *
 * @param key what files call it
 * @param title what people call it
 * @param sections in their order
 */
public record DocumentTemplate(String key, String title, List<Section> sections) {

  /** The nine sections of a model card, and what E-23 wants documented. */
  public static final DocumentTemplate MODEL_CARD = read("model-card");

  /** The seven sections of a datasheet of a data set. */
  public static final DocumentTemplate DATASHEET = read("datasheet");

  /**
   * A heading and what belongs under it.
   *
   * @param key what files call it
   * @param title the heading
   * @param source who asks for it
   * @param questions keys, of which no two are the same in a template, to the questions
   */
  public record Section(String key, String title, String source, Map<String, String> questions) {}

  public DocumentTemplate {
    sections = List.copyOf(sections);
  }

  /**
   * The template of this key.
   *
   * @throws GovernanceException {@code governance.document-malformed}
   */
  public static DocumentTemplate of(String key) {
    return List.of(MODEL_CARD, DATASHEET).stream()
        .filter(template -> template.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "document-malformed",
                "there is no template '" + PlainText.shown(key) + "'",
                "Templates are " + MODEL_CARD.key() + " and " + DATASHEET.key() + "."));
  }

  private static DocumentTemplate read(String name) {
    try (InputStream in = DocumentTemplate.class.getResourceAsStream(name + ".yaml")) {
      JsonNode root = new YAMLMapper().readTree(Objects.requireNonNull(in, name));
      List<Section> sections =
          root.required("sections").valueStream().map(DocumentTemplate::section).toList();
      return new DocumentTemplate(
          root.required("key").asString(), root.required("title").asString(), sections);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Section section(JsonNode node) {
    Map<String, String> questions = new LinkedHashMap<>();
    node.required("questions")
        .propertyStream()
        .forEach(it -> questions.put(it.getKey(), it.getValue().asString()));
    return new Section(
        node.required("key").asString(),
        node.required("title").asString(),
        node.required("source").asString(),
        questions);
  }

  /** The section of this key, if there is one. */
  Optional<Section> section(String name) {
    return sections.stream().filter(section -> section.key().equals(name)).findFirst();
  }

  /** All keys of questions, in their order. */
  public List<String> questions() {
    return sections.stream().flatMap(section -> section.questions().keySet().stream()).toList();
  }

  /** Refuses a key that is none, naming the nearest. */
  GovernanceException unknown(String what, String given, List<String> known) {
    return new GovernanceException(
        "document-malformed",
        "the "
            + title.toLowerCase(Locale.ROOT)
            + " has the unknown "
            + what
            + " '"
            + PlainText.shown(given)
            + "'",
        "Did you mean '" + NearestWord.to(given, known) + "'?");
  }
}
