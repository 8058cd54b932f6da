package dev.candor.governance.provenance.documents;

import dev.candor.governance.PlainText;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes a document as a page in Markdown, with the head that Hugging Face reads. */
public final class DocumentMarkdown {

  private DocumentMarkdown() {}

  /** The page. */
  public static String of(Document document) {
    StringBuilder page = new StringBuilder();
    head(page, document.metadata());
    page.append("# ")
        .append(document.template().title())
        .append(": ")
        .append(line(document.subject().name()))
        .append("\n\n");
    document
        .subject()
        .digest()
        .ifPresent(digest -> page.append("SHA-256 `").append(digest).append("`\n\n"));
    page.append("`").append(Answer.UNKNOWN).append("` stands where nobody knows.\n\n");
    for (DocumentTemplate.Section section : document.template().sections()) {
      page.append("## ").append(section.title()).append("\n\n");
      section.questions().forEach((key, question) -> answer(page, question, document.answer(key)));
      if (section.key().equals("quantitative-analyses")) {
        metrics(page, document.metrics());
      }
      if (section.key().equals("environment")) {
        energy(page, document.energy());
      }
      if (section.key().equals("assumptions-and-methodology")) {
        steps(page, document.steps());
      }
    }
    return page.toString().stripTrailing() + "\n";
  }

  private static void head(StringBuilder page, Map<String, List<String>> metadata) {
    if (metadata.isEmpty()) {
      return;
    }
    page.append("---\n");
    metadata.forEach((key, texts) -> {
      page.append(key).append(':');
      if (texts.size() == 1 && !key.matches("language|datasets|metrics|tags")) {
        page.append(' ').append(quoted(texts.getFirst())).append('\n');
      } else {
        page.append('\n');
        texts.forEach(text -> page.append("- ").append(quoted(text)).append('\n'));
      }
    });
    page.append("---\n\n");
  }

  /** A text of JSON is one of YAML. */
  private static String quoted(String text) {
    return text.matches("[a-z][a-z0-9._/-]*") ? text : JsonMapper.shared().writeValueAsString(text);
  }

  private static void answer(StringBuilder page, String question, Answer answer) {
    page.append("**").append(question).append("**");
    if (answer.source() != Answer.Source.AUTHOR && !answer.isUnknown()) {
      page.append(" (").append(answer.source().key()).append(')');
    }
    if (answer.texts().size() == 1) {
      page.append("  \n").append(block(answer.texts().getFirst())).append("\n\n");
    } else {
      page.append("\n\n");
      answer.texts().forEach(text -> page.append("- ").append(line(text)).append('\n'));
      page.append('\n');
    }
  }

  private static void metrics(StringBuilder page, List<Metric> metrics) {
    if (metrics.isEmpty()) {
      return;
    }
    page.append("| figure | of | value | interval |\n|---|---|---|---|\n");
    for (Metric metric : metrics) {
      page.append("| ")
          .append(cell(metric.type()))
          .append(" | ")
          .append(cell(metric.slice().orElse("all")))
          .append(" | ")
          .append(cell(metric.value()))
          .append(" | ")
          .append(
              metric.lower().isPresent() && metric.upper().isPresent()
                  ? cell(metric.lower().get()) + " to " + cell(metric.upper().get())
                  : Answer.UNKNOWN)
          .append(" |\n");
    }
    page.append('\n');
  }

  private static void energy(StringBuilder page, List<Energy> energy) {
    if (energy.isEmpty()) {
      return;
    }
    page.append("| activity | kWh | known by | t CO2 | |\n|---|---|---|---|---|\n");
    for (Energy one : energy) {
      page.append("| ")
          .append(one.activity())
          .append(" | ")
          .append(
              one.kilowattHours().isPresent() ? one.kilowattHours().getAsDouble() : Answer.UNKNOWN)
          .append(" | ")
          .append(one.label())
          .append(" | ")
          .append(
              one.tonnesCarbonDioxide().isPresent()
                  ? one.tonnesCarbonDioxide().getAsDouble()
                  : Answer.UNKNOWN)
          .append(" | ")
          .append(cell(one.note().orElse("")))
          .append(" |\n");
    }
    page.append('\n');
  }

  private static void steps(StringBuilder page, List<String> steps) {
    if (steps.isEmpty()) {
      return;
    }
    page.append("**By which commands was it made?**\n\n");
    steps.forEach(step -> page.append("    ").append(line(step)).append('\n'));
    page.append('\n');
  }

  private static String cell(String text) {
    return line(text).replace("|", "\\|");
  }

  /** What others have written, on one line; nothing in it is a heading, a tag or a control. */
  private static String line(String text) {
    String plain = text.strip().replaceAll("\\s+", " ");
    StringBuilder line = new StringBuilder();
    plain
        .codePoints()
        .forEach(c -> {
          String one = Character.toString(c);
          line.append(PlainText.isPlain(one) ? one : "?");
        });
    return line.toString().replace("<", "&lt;").replaceFirst("^([#>=`~-])", "\\\\$1");
  }

  /** The same over several lines. */
  private static String block(String text) {
    return String.join("\n", text.strip().lines().map(DocumentMarkdown::line).toList());
  }
}
