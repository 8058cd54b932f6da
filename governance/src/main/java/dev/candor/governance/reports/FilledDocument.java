package dev.candor.governance.reports;

import dev.candor.governance.DurableFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A template that was filled with what is known. What is not known is UNKNOWN, and so is every
 * answer that people have not written yet.
 *
 * @param template its questions
 * @param subject what it is about, for the heading
 * @param facts by their names; those that are not there are unknown
 * @param made when
 * @param entries of the ledger at that time
 */
public record FilledDocument(
    DocumentTemplate template,
    String subject,
    Map<String, List<String>> facts,
    Instant made,
    long entries) {

  private static final String UNKNOWN = "UNKNOWN";

  public FilledDocument {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    facts.forEach((name, lines) -> copy.put(name, List.copyOf(lines)));
    facts = copy;
  }

  /** The answer to a question, a line or several. */
  public List<String> answer(DocumentTemplate.Question question) {
    List<String> lines =
        question.fact().map(fact -> facts.getOrDefault(fact, List.of())).orElse(List.of());
    return lines.isEmpty() ? List.of(UNKNOWN) : lines;
  }

  /** How many questions have no answer. */
  public long unknown() {
    return questions().stream()
        .filter(question -> answer(question).getFirst().startsWith(UNKNOWN))
        .count();
  }

  /** All questions. */
  public List<DocumentTemplate.Question> questions() {
    return template.sections().stream().flatMap(section -> section.questions().stream()).toList();
  }

  /** As members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("title", template.title());
    members.put("about", subject);
    members.put("made", made.toString());
    members.put("entries", entries);
    members.put("unknown", unknown());
    List<Map<String, Object>> answers = new ArrayList<>();
    for (DocumentTemplate.Section section : template.sections()) {
      for (DocumentTemplate.Question question : section.questions()) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("section", section.heading());
        one.put("question", question.ask());
        one.put("answer", answer(question));
        answers.add(one);
      }
    }
    members.put("answers", answers);
    return members;
  }

  /**
   * Writes it as HTML and PDF into a folder.
   *
   * @return the names of the files
   */
  public List<String> write(Path folder, String name) {
    DurableFile.write(folder, name + ".html", page(Medium.SCREEN).getBytes(StandardCharsets.UTF_8));
    DurableFile.write(folder, name + ".pdf", PdfPrinter.print(page(Medium.PAPER), title(), made));
    return List.of(name + ".html", name + ".pdf");
  }

  private String title() {
    return template.title() + ": " + subject;
  }

  /** The document. */
  String page(Medium medium) {
    return Page.of(
        medium,
        title(),
        html -> {
          html.open("header").element("h1", title()).element("p", template.intro());
          html.element(
              "p",
              "Filled on "
                  + Amounts.minute(made)
                  + " from "
                  + Amounts.of(entries, "entry", "entries")
                  + " of the ledger. "
                  + Amounts.number(unknown())
                  + " of "
                  + Amounts.of(questions().size(), "answer", "answers")
                  + (unknown() == 1 ? " is" : " are")
                  + " UNKNOWN.",
              "class",
              "soft");
          html.close();
          for (DocumentTemplate.Section section : template.sections()) {
            html.element("h2", section.heading()).open("dl");
            for (DocumentTemplate.Question question : section.questions()) {
              html.element("dt", question.ask()).open("dd");
              for (String line : answer(question)) {
                html.open("div");
                Page.known(html, line);
                html.close();
              }
              html.close();
            }
            html.close();
          }
        });
  }
}
