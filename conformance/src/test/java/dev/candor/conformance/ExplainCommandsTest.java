package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Lessons;
import dev.candor.training.lessons.SectionTexts;
import dev.candor.training.lessons.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code explain}, {@code calibrate} and {@code bench explanation}, on the embedded model. */
class ExplainCommandsTest {

  private static final String MINI =
      Path.of("../models/candor-mini/candor-mini.gguf").toAbsolutePath().normalize().toString();

  private static final String TEXT =
      "My name is Aylin. How long is the lead time of a gumja? We need it this week.";

  @TempDir Path folder;

  private static JsonNode json(CommandRun run) {
    return JsonMapper.shared().readTree(run.out());
  }

  private static CommandRun explain(String... more) {
    List<String> arguments = new ArrayList<>(List.of("explain"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void aTextIsDecidedAndExplainedAndItsDecisionIsExplainedTheSame() {
    CommandRun first = explain("--model", MINI, "--labels", "low,medium,high", "--json", TEXT);
    assertThat(first.exitCode()).as(first.out() + first.err()).isZero();
    ObjectNode told = (ObjectNode) json(first);
    assertThat(told.path("status").asString()).isEqualTo("faithful");
    assertThat(told.path("label").asString()).isEqualTo("medium");
    assertThat(told.path("counterfactual").path("label").asString()).isNotEqualTo("medium");
    assertThat(told.path("fidelity").path("orderings").asInt()).isGreaterThanOrEqualTo(200);
    String decision = told.path("decision").asString();
    CommandRun again = explain(decision, "--model", MINI, "--json");
    assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
    ObjectNode repeated = (ObjectNode) json(again);
    for (String changing : List.of("entry", "millis")) {
      told.remove(changing);
      repeated.remove(changing);
    }
    assertThat(repeated).isEqualTo(told);
    CommandRun audit = CommandRun.of("audit", "verify");
    assertThat(audit.exitCode()).as(audit.out() + audit.err()).isZero();
  }

  @Test
  void aFieldOfAnExtractionIsExplained() throws IOException {
    Path schema = folder.resolve("parcel.json");
    Files.writeString(
        schema,
        """
        {"type":"object","properties":{"parcel":{"type":"string"},
         "status":{"enum":["shipped","delivered","lost"]}},"required":["parcel","status"]}
        """);
    CommandRun extracted =
        CommandRun.of(
            "extract",
            "--model",
            MINI,
            "--schema",
            schema.toString(),
            "--json",
            "The parcel 4417 for Anna Berg was lost by the carrier on 3 May.");
    assertThat(extracted.exitCode()).as(extracted.err()).isZero();
    String status = json(extracted).path("extracted").path("status").stringValue();
    String decision = json(extracted).path("receipt").path("decision").stringValue();
    CommandRun why = explain(decision, "--model", MINI, "--field", "status", "--json");
    assertThat(why.exitCode()).as(why.out() + why.err()).isZero();
    assertThat(json(why).path("field").stringValue()).isEqualTo("/status");
    assertThat(json(why).path("label").stringValue()).isEqualTo(status);
    CommandRun whole = explain(decision, "--model", MINI);
    assertThat(whole.out()).contains("“/status”");
    CommandRun none = explain(decision, "--model", MINI, "--field", "parcel");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).contains("Name one of these: /status.");
  }

  @Test
  void itIsToldInWordsAndAsAFragment() throws IOException {
    Path file = folder.resolve("why.html");
    CommandRun run =
        explain(
            "--model",
            MINI,
            "--labels",
            "low,medium,high",
            "--rather-than",
            "high",
            "--lang",
            "fr",
            "--html",
            file.toString(),
            TEXT);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("[+week.+]", "Le modèle a choisi «\u00a0medium\u00a0»", "«\u00a0high\u00a0»")
        .doesNotContain("\u001b");
    assertThat(Files.readString(file)).startsWith("<section").contains("lang=\"fr\"", "<mark");
  }

  @Test
  void whatCannotBeExplainedSaysWhy() {
    assertThat(explain().exitCode()).isEqualTo(2);
    assertThat(explain("some", "words").err()).contains("--labels");
    CommandRun unknown = explain("ffffffff");
    assertThat(unknown.exitCode()).isEqualTo(1);
    CommandRun tongue = explain("--labels", "a,b", "--lang", "de", "text");
    assertThat(tongue.exitCode()).isEqualTo(1);
    assertThat(tongue.err()).contains("en and fr");
    CommandRun label =
        explain("--model", MINI, "--labels", "low,high", "--rather-than", "medium", TEXT);
    assertThat(label.exitCode()).isEqualTo(1);
    assertThat(label.err()).contains("no label 'medium'");
    CommandRun may =
        explain("--model", MINI, "--labels", "low,high", "--as", "olga:invoke,operate", TEXT);
    assertThat(may.exitCode()).isEqualTo(1);
    assertThat(may.err()).contains("may not have a decision explained");
  }

  private void classifySaysTheSame(JsonNode confidence) throws IOException {
    CommandRun one =
        CommandRun.of(
            "classify",
            "--model",
            MINI,
            "--labels",
            "low,medium,high",
            "--group",
            "odd",
            "--json",
            TEXT);
    assertThat(json(one).path("confidence")).isEqualTo(confidence);
    assertThat(one.exitCode()).isEqualTo(confidence.path("refer").asBoolean() ? 3 : 0);
    CommandRun strange =
        CommandRun.of(
            "classify", "--model", MINI, "--labels", "low,medium,high", "--group", "none", TEXT);
    assertThat(strange.exitCode()).isEqualTo(3);
    assertThat(strange.out()).contains("A person should look at this case.");
    Path rows = folder.resolve("rows.csv");
    Files.writeString(rows, "text\n\"" + TEXT + "\"\nnow!\n");
    CommandRun table =
        CommandRun.of("classify", "--model", MINI, "--labels", "low,medium,high", rows.toString());
    assertThat(table.exitCode()).as(table.err()).isZero();
    assertThat(table.out().lines().findFirst().orElseThrow())
        .contains("confidence,\"one of\",refer,decision");
    assertThat(table.out().lines().skip(1))
        .allMatch(line -> line.matches(".*,(true|false),\"\\w+\""));
    // The columns of a table do not depend on what is known of its first row.
    CommandRun unknown =
        CommandRun.of(
            "classify",
            "--model",
            MINI,
            "--labels",
            "low,medium,high",
            "--instruction",
            "How urgent is this?",
            rows.toString());
    assertThat(unknown.out().lines().findFirst()).isEqualTo(table.out().lines().findFirst());
    assertThat(unknown.out().lines().skip(1))
        .hasSize(2)
        .allMatch(line -> line.matches(".*\\d,,,,\"\\w+\""));
  }

  /** Priorities of messages, with the right ones. */
  private Path messages(int count) throws IOException {
    Lesson triage =
        new Lessons(7, new SectionTexts(List.of(), List.of(), List.of())).lesson("triage");
    String before = "Which label fits the text best: low, medium, high? ";
    StringBuilder lines = new StringBuilder();
    int found = 0;
    for (long i = 0; found < count; i++) {
      Exercise exercise = triage.exercise(Split.NEW_VALUES, i);
      if (exercise.prompt().startsWith(before)) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("text", exercise.prompt().substring(exercise.prompt().indexOf("Text: ") + 6));
        row.put("label", exercise.answer());
        row.put("half", found++ % 2 == 0 ? "even" : "odd");
        lines.append(JsonMapper.shared().writeValueAsString(row)).append('\n');
      }
    }
    return Files.writeString(folder.resolve("messages.jsonl"), lines);
  }

  @Test
  void aCalibrationIsEvidenceAndSendsUnsureCasesToAPerson() throws IOException {
    CommandRun run =
        CommandRun.of(
            "calibrate",
            MINI,
            "--set",
            messages(330).toString(),
            "--labels",
            "low,medium,high",
            "--group-column",
            "half",
            "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode calibration = json(run);
    assertThat(calibration.path("verdict").asString()).isEqualTo("pass");
    assertThat(calibration.path("checked").asInt()).isEqualTo(110);
    assertThat(calibration.path("coverage").asDouble()).isBetween(0.8, 1.0);
    assertThat(calibration.path("quantiles").size()).isEqualTo(2);
    assertThat(calibration.path("after").path("brier").asDouble()).isBetween(0.0, 1.0);

    CommandRun clear =
        explain("--model", MINI, "--labels", "low,medium,high", "--group", "odd", "--json", TEXT);
    JsonNode confidence = json(clear).path("confidence");
    assertThat(confidence.path("set").valueStream().map(JsonNode::asString)).contains("medium");
    assertThat(clear.exitCode()).isEqualTo(confidence.path("refer").asBoolean() ? 3 : 0);
    // Nothing is known of a group that the calibration has not seen: every label may be right.
    CommandRun strange =
        explain("--model", MINI, "--labels", "low,medium,high", "--group", "none", "--json", TEXT);
    assertThat(strange.exitCode()).isEqualTo(3);
    assertThat(json(strange).path("confidence").path("set").size()).isEqualTo(3);
    classifySaysTheSame(confidence);
    // Another order of labels is another question.
    CommandRun other = explain("--model", MINI, "--labels", "high,medium,low", "--json", TEXT);
    assertThat(json(other).path("confidence").isMissingNode()).isTrue();
  }

  /** Where a hint decides, occlusion names it; the model's own words beside it. */
  @Test
  void theBenchFindsHintsAndWhatExplainingCosts() {
    CommandRun run =
        CommandRun.of(
            "bench",
            "explanation",
            "--model",
            MINI,
            "--decisions",
            "3",
            "--warm-up",
            "0",
            "--hints",
            "60",
            "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    JsonNode report = json(run);
    assertThat(report.path("decisions").asInt()).isEqualTo(3);
    assertThat(report.path("explanationMedianMillis").asDouble()).isPositive();
    // Of the tokens that as many prompts alone would take.
    assertThat(report.path("tokensReadShare").asDouble()).isLessThan(1 / 3.0);
    JsonNode hints = report.path("hints");
    assertThat(hints.path("flipped").asInt()).isGreaterThan(50);
    assertThat(hints.path("namedFirst").asInt() / hints.path("flipped").asDouble())
        .isGreaterThanOrEqualTo(0.95);
    assertThat(hints.path("admitted").asInt()).isBetween(0, hints.path("flipped").asInt());
  }
}
