package dev.candor.governance.provenance.documents;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a document says something under every heading of its template.
 *
 * @param template the headings
 * @param states what stands under each heading, by its title
 * @param unknown how many answers are unknown, of those that can be told apart
 */
public record DocumentCheck(DocumentTemplate template, Map<String, State> states, int unknown) {

  /** What stands under a heading. */
  public enum State {
    /** Something. */
    ANSWERED,
    /** That nobody knows, and nothing else. */
    UNKNOWN,
    /** Nothing. */
    EMPTY,
    /** The heading is not there. */
    MISSING
  }

  private static final Pattern HEADING = Pattern.compile("(#{1,6})\\s+(.*?)\\s*#*\\s*");
  private static final Pattern FENCE = Pattern.compile("\\s*(```|~~~).*");

  /** Whether no heading is empty or missing. */
  public boolean isComplete() {
    return states.values().stream()
        .noneMatch(state -> state == State.EMPTY || state == State.MISSING);
  }

  /** The titles of the headings in this state. */
  public List<String> titles(State state) {
    return states.entrySet().stream()
        .filter(it -> it.getValue() == state)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Of a document: a heading is empty if one of its answers is blank. */
  public static DocumentCheck of(Document document) {
    Map<String, State> states = new LinkedHashMap<>();
    int unknown = 0;
    for (DocumentTemplate.Section section : document.template().sections()) {
      List<Answer> answers = section.questions().keySet().stream().map(document::answer).toList();
      unknown += (int) answers.stream().filter(Answer::isUnknown).count();
      boolean blank =
          answers.stream()
              .anyMatch(it -> it.isEmpty() || it.texts().stream().anyMatch(String::isBlank));
      states.put(
          section.title(),
          blank
              ? State.EMPTY
              : answers.stream().allMatch(Answer::isUnknown) ? State.UNKNOWN : State.ANSWERED);
    }
    return new DocumentCheck(document.template(), states, unknown);
  }

  /**
   * Of a page in Markdown, whoever has written it. A heading holds what comes before the next one
   * of its level or above; headings in blocks of code are none.
   */
  public static DocumentCheck ofMarkdown(DocumentTemplate template, String page) {
    List<Heading> headings = headings(page);
    Map<String, State> states = new LinkedHashMap<>();
    int unknown = 0;
    for (DocumentTemplate.Section section : template.sections()) {
      Optional<String> content = content(headings, section.title());
      states.put(section.title(), content.map(DocumentCheck::state).orElse(State.MISSING));
      unknown +=
          (int)
              content.orElse("").lines().filter(it -> it.strip().endsWith(Answer.UNKNOWN)).count();
    }
    return new DocumentCheck(template, states, unknown);
  }

  /**
   * A heading.
   *
   * @param body its lines up to the next heading, whatever its level
   */
  private record Heading(int level, String title, StringBuilder body) {}

  private static List<Heading> headings(String page) {
    List<Heading> headings = new ArrayList<>();
    boolean code = false;
    for (String line : withoutFrontMatter(page).lines().toList()) {
      code ^= FENCE.matcher(line).matches();
      Matcher heading = HEADING.matcher(line);
      if (!code && heading.matches()) {
        headings.add(new Heading(heading.group(1).length(), heading.group(2), new StringBuilder()));
      } else if (!headings.isEmpty()) {
        headings.getLast().body().append(line).append('\n');
      }
    }
    return headings;
  }

  /** What Hugging Face puts at the head of a card. */
  static String withoutFrontMatter(String page) {
    if (!page.startsWith("---\n")) {
      return page;
    }
    int end = page.indexOf("\n---\n", 3);
    return end < 0 ? page : page.substring(end + 5);
  }

  private static Optional<String> content(List<Heading> headings, String title) {
    for (int i = 0; i < headings.size(); i++) {
      Heading heading = headings.get(i);
      if (normal(heading.title()).equals(normal(title))) {
        StringBuilder content = new StringBuilder(heading.body());
        for (Heading below : headings.subList(i + 1, headings.size())) {
          if (below.level() <= heading.level()) {
            break;
          }
          content.append(below.body());
        }
        return Optional.of(content.toString());
      }
    }
    return Optional.empty();
  }

  private static String normal(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }

  /** Comments, rules and placeholders of templates are nothing. */
  private static State state(String content) {
    String text =
        content
            .replaceAll("(?s)<!--.*?-->", "")
            .replaceAll("(?i)\\[?more information needed\\]?", "")
            .replaceAll("(?m)^\\s*([-*_]\\s*){3,}$", "");
    // A question in bold is no answer to itself.
    String answers =
        text.replaceAll("\\*\\*[^*\\n]*\\?\\*\\*", "").replaceAll("[\\s*|:-]+", " ").strip();
    if (answers.isEmpty()) {
      return State.EMPTY;
    }
    return answers.replace(Answer.UNKNOWN, "").isBlank() ? State.UNKNOWN : State.ANSWERED;
  }
}
