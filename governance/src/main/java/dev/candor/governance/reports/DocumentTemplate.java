package dev.candor.governance.reports;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Questions in sections, some with the name of the fact that answers them. A firm may put its own
 * in the place of the one that the program comes with.
 *
 * @param title of the document
 * @param intro below it
 */
public record DocumentTemplate(String title, String intro, List<Section> sections) {

  private static final int MOST_TEXT = 400;

  /** Some questions under a heading. */
  public record Section(String heading, List<Question> questions) {

    public Section {
      questions = List.copyOf(questions);
    }
  }

  /**
   * A question.
   *
   * @param fact that answers it; without one people do
   */
  public record Question(String ask, Optional<String> fact) {}

  public DocumentTemplate {
    sections = List.copyOf(sections);
  }

  /**
   * The template of a home: {@code templates/NAME.yaml} in it, or the one that the program comes
   * with.
   *
   * @param name of the template
   * @param facts that there are
   * @throws GovernanceException {@code governance.template-malformed}, {@code
   *     governance.yaml-malformed}
   */
  static DocumentTemplate ofHome(Path home, String name, List<String> facts) {
    Path own = home.resolve("templates").resolve(name + ".yaml");
    try (InputStream in =
        Files.exists(own)
            ? Files.newInputStream(own)
            : Objects.requireNonNull(
                DocumentTemplate.class.getResourceAsStream(name + ".yaml"), name)) {
      return parse(name + ".yaml", in.readNBytes(YamlDocument.MOST_BYTES + 1), facts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DocumentTemplate parse(String name, byte[] yaml, List<String> facts) {
    Map<String, Object> file = YamlDocument.read(yaml, name);
    if (!"1".equals(file.get("format"))) {
      throw malformed(name, "format is not 1");
    }
    List<Section> sections = new ArrayList<>();
    for (Map<?, ?> section : mappings(name, "sections", file)) {
      List<Question> questions = new ArrayList<>();
      for (Map<?, ?> question : mappings(name, "questions", section)) {
        Optional<String> fact =
            question.containsKey("fact")
                ? Optional.of(text(name, "fact", question))
                : Optional.empty();
        fact.filter(it -> !facts.contains(it))
            .ifPresent(it -> {
              throw malformed(
                  name,
                  "there is no fact '"
                      + PlainText.shown(it)
                      + "'; did you mean '"
                      + NearestWord.to(it, facts)
                      + "'?");
            });
        questions.add(new Question(text(name, "ask", question), fact));
      }
      sections.add(new Section(text(name, "heading", section), questions));
    }
    return new DocumentTemplate(text(name, "title", file), text(name, "intro", file), sections);
  }

  private static List<Map<?, ?>> mappings(String name, String key, Map<?, ?> of) {
    if (!(of.get(key) instanceof List<?> list)) {
      throw malformed(name, key + " is not a list");
    }
    List<Map<?, ?>> mappings = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Map<?, ?> mapping)) {
        throw malformed(name, "an element of " + key + " does not consist of keys and values");
      }
      mappings.add(mapping);
    }
    return mappings;
  }

  private static String text(String name, String key, Map<?, ?> of) {
    if (!(of.get(key) instanceof String text) || text.isBlank() || text.length() > MOST_TEXT) {
      throw malformed(name, key + " is not 1 to " + MOST_TEXT + " characters");
    }
    return text;
  }

  private static GovernanceException malformed(String name, String why) {
    return new GovernanceException(
        "template-malformed",
        name + ": " + why,
        "Correct the template; docs/reference/board-report.md describes it.");
  }
}
