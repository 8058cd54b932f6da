package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands over the embedded model and a plan of a few questions. */
class BiasCommandsTest {

  private static final String MODEL = Path.of("../models/candor-mini/candor-mini.gguf").toString();

  private static final String PLAN =
      """
      version: 1
      name: a few rows
      seed: 5
      resamples: 200
      tests:
        - id: rows
          kind: parity
          set: rows.jsonl
          labels: [urgent, not urgent]
          favourable: [urgent]
          groups: {office: [north, south]}
          minimum: 2
        - id: names
          kind: name-swap
          set: triage-urgency
          names: given-names
          cases: 3
          labels: [urgent, not urgent]
          favourable: [urgent]
          groups: {gender: [female, male]}
          reference: {gender: female}
      """;

  private @TempDir Path folder;

  private String plan() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      rows.add(
          "{\"id\":\"r%d\",\"text\":\"The pump of hall %d has stopped. %s\",\"label\":\"%s\",\"groups\":{\"office\":\"%s\"}}"
              .formatted(
                  i,
                  i,
                  i % 4 < 2 ? "It cannot wait." : "There is no hurry.",
                  i % 4 < 2 ? "urgent" : "not urgent",
                  i % 2 == 0 ? "north" : "south"));
    }
    Files.write(folder.resolve("rows.jsonl"), rows);
    return Files.writeString(folder.resolve("plan.yaml"), PLAN).toString();
  }

  private static JsonNode json(CommandRun run) {
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void fromThePlanToTheReport() throws IOException {
    String plan = plan();
    String out = folder.resolve("report").toString();
    CommandRun early = CommandRun.of("bias", "run", MODEL, "--plan", plan, "--json");
    assertThat(early.exitCode()).isEqualTo(Command.FAILED);
    assertThat(early.out()).contains("\"code\" : \"governance.bias-not-committed\"");

    // Said before anything is measured.
    CommandRun ended =
        CommandRun.of(
            "bias", "run", MODEL, "--plan", plan, "--until", "2020-01-01T00:00:00Z", "--json");
    assertThat(ended.out()).contains("\"code\" : \"governance.evidence-expired\"");

    CommandRun commit = CommandRun.of("bias", "plan", "commit", plan, "--model", MODEL, "--json");
    assertThat(commit.exitCode()).as(commit.err()).isZero();

    CommandRun run = CommandRun.of("bias", "run", MODEL, "--plan", plan, "--out", out, "--json");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(Command.FAILED);
    assertThat(json(run).get("verdict").asString()).isEqualTo("insufficient-data");
    assertThat(json(run).get("committedEntry")).isEqualTo(json(commit).get("entry"));
    assertThat(json(run).get("tuple")).isEqualTo(json(commit).get("tuple"));
    try (Stream<Path> files = Files.list(folder.resolve("report"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "report.md", "report.html", "statement.json", "answers.jsonl", "statistics.json");
    }

    // It was asked as it is asked in use, to the bit.
    List<String> answers = Files.readAllLines(folder.resolve("report/answers.jsonl"));
    assertThat(answers).hasSize(8 + 3 * 3);
    JsonNode answer = JsonMapper.shared().readTree(answers.getFirst());
    CommandRun classified =
        CommandRun.of(
            "classify",
            "--model",
            MODEL,
            "--labels",
            "urgent,not urgent",
            "--json",
            "The pump of hall 0 has stopped. It cannot wait.");
    assertThat(classified.exitCode()).as(classified.err()).isZero();
    assertThat(answer.get("probabilities")).isEqualTo(json(classified).get("probabilities"));

    // An auditor's figures are those of the run.
    CommandRun figures =
        CommandRun.of(
            "stats", "eval", folder.resolve("report/statistics.json").toString(), "--json");
    assertThat(figures.exitCode()).as(figures.err()).isZero();
    JsonNode difference = finding(json(run), "demographic-parity-difference");
    for (JsonNode figure : json(figures).get("results")) {
      if (figure.get("name").asString().equals("rows/office/demographic-parity-difference")) {
        assertThat(figure.get("value").asDouble()).isEqualTo(difference.get("estimate").asDouble());
        return;
      }
    }
    throw new AssertionError("there is no figure of the difference: " + figures.out());
  }

  private static JsonNode finding(JsonNode run, String metric) {
    for (JsonNode finding : run.get("tests").get(0).get("findings")) {
      if (finding.get("metric").asString().equals(metric)) {
        return finding;
      }
    }
    throw new AssertionError("there is no finding of " + metric);
  }

  @Test
  void aPlanIsWrittenAndChecked() throws IOException {
    CommandRun init = CommandRun.of("bias", "plan", "init");
    Path file = Files.writeString(folder.resolve("first.yaml"), init.out());
    CommandRun check = CommandRun.of("bias", "plan", "check", file.toString());
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(check.out())
        .contains("urgency: parity, 6912 questions of triage-urgency")
        .contains("limits: flip-rate 0.01, flip-rate-bound 0.02")
        .contains("(firm policy)");
    CommandRun small = CommandRun.of("bias", "plan", "check", plan(), "--json");
    assertThat(json(small).get("tests").get(1).get("questions").asInt()).isEqualTo(9);
    CommandRun wrong =
        CommandRun.of(
            "bias",
            "plan",
            "check",
            Files.writeString(folder.resolve("wrong.yaml"), PLAN.replace("minimum", "minimun"))
                .toString());
    assertThat(wrong.exitCode()).isEqualTo(Command.FAILED);
    assertThat(wrong.err()).contains("line 12").contains("Did you mean 'minimum'?");
  }

  @Test
  void setsAreListedAndPrinted() {
    assertThat(CommandRun.of("bias", "sets").out()).contains("given-names", "triage-urgency");
    assertThat(CommandRun.of("bias", "sets", "given-names").out().lines()).hasSize(96);
    CommandRun none = CommandRun.of("bias", "sets", "none");
    assertThat(none.exitCode()).isEqualTo(Command.USAGE);
  }

  @Test
  void whoMayNotRecordDoesNotBegin() throws IOException {
    CommandRun run = CommandRun.of("bias", "run", MODEL, "--plan", plan(), "--as", "ute:invoke");
    assertThat(run.exitCode()).isEqualTo(Command.FAILED);
    assertThat(run.err()).contains("ute may not record evidence about a model");
  }
}
