package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Controls and reports of a home in which real decisions were made, by real commands. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class ReportCommandsTest {

  private static final String MODEL =
      Path.of("../models/candor-mini/candor-mini.gguf").toAbsolutePath().normalize().toString();

  private @TempDir Path folder;

  private CommandRun run(String... arguments) throws Exception {
    return CandorProcess.run(folder.resolve("home"), arguments);
  }

  private CommandRun well(String... arguments) throws Exception {
    CommandRun run = run(arguments);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return run;
  }

  private static JsonNode json(CommandRun run) {
    return JsonMapper.shared().readTree(run.out());
  }

  private String classify(String text) throws Exception {
    return json(well(
            "classify", "--model", MODEL, "--labels", "outage,question,other", text, "--json"))
        .path("receipt")
        .path("decision")
        .asString();
  }

  @Test
  void aReportIsWhatTheLedgerSays() throws Exception {
    assertThat(json(well("controls", "--json")).path("entries").asLong(-1)).isZero();
    assertThat(run("report", "board").exitCode()).isEqualTo(1);
    String decision = classify("The cash machine does not work.");
    classify("When do you open?");
    JsonNode control = json(well("controls", "show", "FP-2", "--json"));
    assertThat(control.path("state").asString()).isEqualTo("evidence");
    assertThat(control.path("firmPolicy").asBoolean()).isTrue();
    assertThat(control.path("evidence").path(0).path("value").asLong()).isEqualTo(2);
    assertThat(well("controls", "--framework", "osfi-e23").out())
        .contains("2027-05-01 effective", "E23-15", "no evidence yet");

    String report = folder.resolve("report").toString();
    well("report", "board", "--out", report);
    CommandRun verified = well("report", "verify", report);
    assertThat(verified.out()).contains("All is well");
    String export = folder.resolve("export").toString();
    well("audit", "export", export);
    // Without keys and without the home: what an auditor has.
    Files.delete(folder.resolve("home-configuration/candor/passphrase"));
    Path elsewhere = folder.resolve("elsewhere");
    CommandRun audited =
        CandorProcess.run(elsewhere, "report", "verify", report, "--ledger", export, "--json");
    assertThat(audited.exitCode()).as(audited.out() + audited.err()).isZero();
    assertThat(json(audited).path("equal").asLong())
        .isEqualTo(json(audited).path("figures").asLong())
        .isPositive();
    assertThat(elsewhere).doesNotExist();

    Path html = folder.resolve("report/board-report.html");
    Files.writeString(html, Files.readString(html).replaceFirst("<b>2</b>", "<b>3</b>"));
    CommandRun altered = run("report", "verify", report);
    assertThat(altered.exitCode()).isEqualTo(1);
    assertThat(altered.out()).contains("board-report.html", "from the figure decisions on");
    assertThat(run("report", "board", "--as", "carl:invoke").exitCode()).isEqualTo(1);
    assertThat(run("report", "board", "--from", "2026-10-01").exitCode()).isEqualTo(2);
    assertThat(decision).hasSize(32);
  }

  @Test
  void aDecisionIsExplainedToWhoeverItIsAbout() throws Exception {
    String decision = classify("The cash machine does not work.");
    String out = folder.resolve("out").toString();
    JsonNode before = json(well("report", "decision", decision, "--out", out, "--json"));
    assertThat(answers(before, "Is there an explanation that was tested?").getFirst())
        .startsWith("UNKNOWN");
    assertThat(answers(before, "What was decided?")).containsExactly("outage");
    assertThat(answers(before, "Which data were used?"))
        .containsExactly("The cash machine does not work.");
    CommandRun explained = run("explain", decision, "--model", MODEL, "--json");
    JsonNode after = json(well("report", "decision", decision, "--out", out, "--json"));
    String status = json(explained).path("status").asString("");
    String told = answers(after, "Is there an explanation that was tested?").getFirst();
    if (status.equals("faithful")) {
      assertThat(told).startsWith("yes");
      assertThat(answers(after, "What counted most?").getFirst()).startsWith("for outage");
      assertThat(answers(after, "How good is this explanation?").getFirst()).contains("random");
    } else {
      assertThat(told).as(explained.out() + explained.err()).startsWith("no");
      assertThat(answers(after, "What counted most?")).containsExactly("UNKNOWN");
    }
    well("override", decision, "--with", "question", "--reason", "it is one");
    JsonNode overridden = json(well("report", "decision", decision, "--out", out, "--json"));
    assertThat(answers(overridden, "Did a person put something else in its place?"))
        .contains("question");
    try (Stream<Path> files = Files.list(Path.of(out))) {
      assertThat(files).hasSize(2);
    }
    assertThat(run("report", "decision", decision, "--as", "carl:invoke").exitCode()).isEqualTo(1);
  }

  private static List<String> answers(JsonNode document, String question) {
    for (JsonNode answer : document.path("answers")) {
      if (answer.path("question").asString().equals(question)) {
        return answer.path("answer").valueStream().map(JsonNode::asString).toList();
      }
    }
    throw new AssertionError("no question " + question);
  }
}
