package dev.candor.governance.provenance.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.provenance.documents.DocumentCheck.State;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {

  private static final String DIGEST = "ab".repeat(32);
  private static final List<DocumentTemplate> TEMPLATES =
      List.of(DocumentTemplate.MODEL_CARD, DocumentTemplate.DATASHEET);

  private static Document document(DocumentTemplate template, Map<String, Answer> answers) {
    return Document.of(template, new Document.Subject("mini", Optional.of(DIGEST)), answers);
  }

  private static Map<String, Answer> all(DocumentTemplate template, String... texts) {
    Map<String, Answer> answers = new HashMap<>();
    template
        .questions()
        .forEach(it -> answers.put(it, new Answer(List.of(texts), Answer.Source.AUTHOR)));
    return answers;
  }

  /** Mitchell et al. 2019, section 4; OSFI E-23 (2027), principle 3.3; Gebru et al. 2021. */
  @Test
  void theTemplatesHaveTheHeadingsOfTheirSources() {
    assertThat(DocumentTemplate.MODEL_CARD.sections())
        .extracting(DocumentTemplate.Section::title)
        .startsWith(
            "Model details",
            "Intended use",
            "Factors",
            "Metrics",
            "Evaluation data",
            "Training data",
            "Quantitative analyses",
            "Ethical considerations",
            "Caveats and recommendations")
        .contains(
            "Set-up and running",
            "Limitations",
            "Data processes",
            "Assumptions and methodology",
            "Role of expert judgement",
            "Developer tests",
            "Explainability requirements",
            "Monitoring criteria");
    assertThat(DocumentTemplate.DATASHEET.sections())
        .extracting(DocumentTemplate.Section::title)
        .containsExactly(
            "Motivation",
            "Composition",
            "Collection process",
            "Preprocessing, cleaning, labelling",
            "Uses",
            "Distribution",
            "Maintenance");
    for (DocumentTemplate template : TEMPLATES) {
      assertThat(template.questions()).doesNotHaveDuplicates();
    }
  }

  @Test
  void whatNobodyAnsweredIsUnknownAndNeverBlank() {
    for (DocumentTemplate template : TEMPLATES) {
      Document nothing = document(template, Map.of());
      DocumentCheck check = DocumentCheck.of(nothing);
      assertThat(check.isComplete()).isTrue();
      assertThat(check.titles(State.UNKNOWN)).hasSize(template.sections().size());
      assertThat(check.unknown()).isEqualTo(template.questions().size());
      DocumentCheck page = DocumentCheck.ofMarkdown(template, DocumentMarkdown.of(nothing));
      assertThat(page.states()).isEqualTo(check.states());
      assertThat(page.unknown()).isEqualTo(check.unknown());
    }
  }

  /** Each heading alone is left blank, and found, in every form. */
  @Test
  void everyBlankHeadingIsFound() {
    for (DocumentTemplate template : TEMPLATES) {
      for (DocumentTemplate.Section section : template.sections()) {
        Map<String, Answer> answers = all(template, "something");
        section
            .questions()
            .keySet()
            .forEach(it -> answers.put(it, Answer.of(" ", Answer.Source.AUTHOR)));
        Document blank = document(template, answers);
        Document read = DocumentFile.parse(DocumentFile.yaml(blank));
        assertThat(DocumentCheck.of(read).titles(State.EMPTY)).containsExactly(section.title());
        String page = DocumentMarkdown.of(blank);
        assertThat(DocumentCheck.ofMarkdown(template, page).titles(State.EMPTY))
            .containsExactly(section.title());
        String without = page.replace("## " + section.title() + "\n", "");
        assertThat(DocumentCheck.ofMarkdown(template, without).titles(State.MISSING))
            .containsExactly(section.title());
        assertThat(DocumentCheck.ofMarkdown(template, without).isComplete()).isFalse();
      }
    }
  }

  /** A heading is not filled by what looks like an answer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<!-- say it here -->",
        "---",
        "[More Information Needed]",
        "**Who?**",
        "* * *",
        "### Below\n\n"
      })
  void whatIsNoAnswerIsEmpty(String body) {
    String page =
        DocumentMarkdown.of(
            document(DocumentTemplate.MODEL_CARD, all(DocumentTemplate.MODEL_CARD, "x")));
    String altered =
        page.replaceFirst(
            "(?s)## Factors\n.*?## Metrics", "## Factors\n\n" + body + "\n\n## Metrics");
    assertThat(DocumentCheck.ofMarkdown(DocumentTemplate.MODEL_CARD, altered).titles(State.EMPTY))
        .containsExactly("Factors");
    String inCode = page.replace("## Factors", "```\n## Factors\n```");
    assertThat(DocumentCheck.ofMarkdown(DocumentTemplate.MODEL_CARD, inCode).titles(State.MISSING))
        .containsExactly("Factors");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, Answer> answers =
        all(DocumentTemplate.MODEL_CARD, "one: two", "- three #", "UNKNOWN not");
    answers.put("date", Answer.of("2026-11-30", Answer.Source.MODEL));
    answers.put("version", Answer.of("no", Answer.Source.STORE));
    answers.put("caveats", Answer.unknown());
    Document document =
        new Document(
            DocumentTemplate.MODEL_CARD,
            new Document.Subject("mini", Optional.of(DIGEST)),
            new TreeMap<>(
                Map.of("license", List.of("apache-2.0"), "language", List.of("en", "fr"))),
            answers,
            List.of(
                new Metric(
                    "accuracy",
                    "0.81",
                    Optional.of("a|b"),
                    Optional.of("0.7"),
                    Optional.of("0.9"))),
            List.of(
                new Energy(
                    "training",
                    OptionalDouble.of(1.5),
                    "WALL",
                    OptionalDouble.empty(),
                    Optional.of("x"))),
            List.of("candor train"));
    assertThat(withoutSource(DocumentFile.parse(DocumentFile.yaml(document))))
        .isEqualTo(withoutSource(document));
    assertThat(withoutSource(DocumentFile.parse(DocumentFile.json(document))))
        .isEqualTo(withoutSource(document));
    assertThat(DocumentMarkdown.of(document))
        .startsWith("---\nlanguage:\n- en\n- fr\nlicense: apache-2.0\n---\n\n# Model card: mini\n")
        .contains("| accuracy | a\\|b | 0.81 | 0.7 to 0.9 |", "(model)", "    candor train");
  }

  /** Nobody remembers who has said that they do not know. */
  private static Document withoutSource(Document document) {
    Map<String, Answer> answers = new HashMap<>(document.answers());
    answers.replaceAll((_, answer) -> answer.isUnknown() ? Answer.unknown() : answer);
    return new Document(
        document.template(),
        document.subject(),
        document.metadata(),
        answers,
        document.metrics(),
        document.energy(),
        document.steps());
  }

  @Test
  void whatAnAuthorSaysGoesFirst() {
    Document known =
        document(
            DocumentTemplate.MODEL_CARD,
            Map.of(
                "licence", Answer.of("mit", Answer.Source.MODEL),
                "version", Answer.of("1", Answer.Source.MODEL)));
    Document author =
        DocumentFile.parse(
            yaml(
                """
                format: candor-document/1
                template: model-card
                answers:
                  model-details:
                    licence: apache-2.0
                    version: UNKNOWN
                  limitations:
                    technical-limitations: [a, b]
                """));
    Document both = known.with(author);
    assertThat(both.answer("licence").texts()).containsExactly("apache-2.0");
    assertThat(both.answer("version").texts()).containsExactly("1");
    assertThat(both.answer("technical-limitations").texts()).containsExactly("a", "b");
    Document other = document(DocumentTemplate.DATASHEET, Map.of());
    refused("governance.document-other-subject", () -> known.with(other));
    Document elsewhere =
        Document.of(
            DocumentTemplate.MODEL_CARD,
            new Document.Subject("x", Optional.of("cd".repeat(32))),
            Map.of());
    refused("governance.document-other-subject", () -> known.with(elsewhere));
  }

  /** A page is for people: what a file says of itself makes no headings and no tags in it. */
  @Test
  void whatAFileSaysIsText() {
    Document document =
        document(
            DocumentTemplate.MODEL_CARD,
            Map.of(
                "developed-by",
                Answer.of("x\n## Metrics\n\nfaked <script>\u001b[2J\u202e", Answer.Source.MODEL)));
    String page = DocumentMarkdown.of(document);
    assertThat(page).doesNotContain("<script>", "\u001b", "\u202e");
    assertThat(page.lines().filter(line -> line.equals("## Metrics"))).hasSize(1);
    assertThat(DocumentCheck.ofMarkdown(DocumentTemplate.MODEL_CARD, page).titles(State.ANSWERED))
        .containsExactly("Model details");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "format: candor-document/2\ntemplate: model-card",
        "format: candor-document/1\ntemplate: other",
        "format: candor-document/1\ntemplate: model-card\nextra: 1",
        "format: candor-document/1\ntemplate: model-card\nformat: candor-document/1",
        "format: candor-document/1\ntemplate: model-card\nanswers: {motivation: {purpose: x}}",
        "format: candor-document/1\ntemplate: model-card\nanswers: {limitations: {licence: x}}",
        "format: candor-document/1\ntemplate: model-card\nanswers: {limitations: x}",
        "format: candor-document/1\ntemplate: model-card\nanswers: {limitations: {trade-offs: {a: b}}}",
        "format: candor-document/1\ntemplate: model-card\nsubject: {digest: ABC}",
        "format: candor-document/1\ntemplate: model-card\nenergy: [{activity: sleeping, label: WALL}]",
        "format: candor-document/1\ntemplate: model-card\nenergy: [{activity: training, label: GUESS}]",
        "format: candor-document/1\ntemplate: model-card\nenergy: [{activity: training, label: WALL, kilowattHours: -1}]",
        "format: candor-document/1\ntemplate: model-card\nmetrics: [{type: accuracy}]",
        "format: candor-document/1\ntemplate: model-card\nanswers: &a [*a]"
      })
  void whatIsNoDocumentIsRefused(String text) {
    assertThatThrownBy(() -> DocumentFile.parse(yaml(text)))
        .isInstanceOfSatisfying(
            GovernanceException.class,
            e ->
                assertThat(e.code())
                    .isIn("governance.document-malformed", "governance.yaml-malformed"));
  }

  @Test
  void whatStandsThereIsNotTakenForANumber() {
    Document read =
        DocumentFile.parse(
            yaml(
                """
                format: candor-document/1
                template: model-card
                answers:
                  model-details: {version: 1.10, date: 2026-11-30, licence: no}
                  caveats-and-recommendations: {caveats: ""}
                """));
    assertThat(read.answer("version").texts()).containsExactly("1.10");
    assertThat(read.answer("licence").texts()).containsExactly("no");
    assertThat(read.answer("caveats").isEmpty()).isTrue();
  }

  private static byte[] yaml(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            GovernanceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
