package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From an empty home to an answer of an approved model, and past it, by the commands alone. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class InventoryCommandsTest {

  private static final Path MODEL = TestData.fixture("llama3-tiny");
  private static final String ID = "llama3-tiny";

  private @TempDir Path folder;
  private String home = "home";

  private CommandRun run(String... arguments) throws Exception {
    return CandorProcess.run(folder.resolve(home), arguments);
  }

  private JsonNode json(int exitCode, String... arguments) throws Exception {
    String[] all = Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new);
    CommandRun run = run(all);
    assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
    return JsonMapper.shared().readTree(run.out());
  }

  private JsonNode done(String... arguments) throws Exception {
    return json(0, arguments);
  }

  private String refused(String... arguments) throws Exception {
    JsonNode error = json(1, arguments).path("error");
    assertThat(error.path("remedy").asString()).isNotBlank();
    return error.path("code").asString();
  }

  private String[] ask() {
    return new String[] {
      "ask", "--raw", "--model", MODEL.toString(), "--max-tokens", "3", "abc", "--as", "ute:invoke"
    };
  }

  private Path record() throws Exception {
    Path record = folder.resolve("record.yaml");
    assertThat(run("inventory", "init", MODEL.toString(), "--out", record.toString()).exitCode())
        .isZero();
    String text = Files.readString(record);
    assertThat(text).contains("\nid: " + ID + "\n").contains("\n  weights: ");
    return Files.writeString(
        record,
        text.replace("name: UNKNOWN", "name: a tiny model of random numbers")
            .replace("owner: UNKNOWN", "owner: olga")
            .replace("developer: UNKNOWN", "developer: dora")
            .replace("origin: UNKNOWN", "origin: internal")
            .replace("data-sources: UNKNOWN", "data-sources: none, its weights are random"));
  }

  /** Low: signature, card, bias, calibration and approval are asked for. */
  private void govern() throws Exception {
    Path record = record();
    assertThat(done("inventory", "add", record.toString()).path("state").asString())
        .isEqualTo("design");
    StringBuilder answers = new StringBuilder();
    for (String criterion :
        new String[] {
          "importance", "size", "growth", "operational-impact", "security-impact",
          "financial-impact", "purpose", "complexity", "input-reliability", "customer-impact",
          "regulatory-risk", "provenance"
        }) {
      answers.append(answers.isEmpty() ? "" : ",").append(criterion).append("=low");
    }
    assertThat(
            done("inventory", "rate", ID, "--answer", answers.toString()).path("rating").asString())
        .isEqualTo("low");
    done("inventory", "move", ID, "review", "--reason", "ready");
    assertThat(
            refused(
                "inventory", "review", ID, "--accept", "--summary", "s", "--as", "dora:operate"))
        .isEqualTo("governance.four-eyes");
    done("inventory", "review", ID, "--accept", "--summary", "fine", "--as", "rita:operate");
    assertThat(refused("approve", ID, "--as", "rita:govern")).isEqualTo("governance.four-eyes");
    done("approve", ID, "--max-tokens", "5", "--as", "anton:operate");
    assertThat(
            done("inventory", "move", ID, "deployment", "--reason", "approved")
                .path("inUse")
                .size())
        .isEqualTo(1);
  }

  private void evidence(String kind) throws Exception {
    Path document = Files.writeString(folder.resolve(kind), "about " + kind);
    done("evidence", "add", ID, kind, document.toString(), "--verdict", "pass");
  }

  @Test
  void fromAnEmptyHomeToAnAnswerAndOn() throws Exception {
    assertThat(done("evidence", "mode").path("mode").asString()).isEqualTo("off");
    assertThat(run(ask()).exitCode()).isZero();
    done("evidence", "mode", "enforce", "--as", "anton:govern");
    assertThat(refused(ask())).isEqualTo("governance.load-refused");
    govern();
    evidence("card");
    evidence("bias");
    evidence("calibration");
    JsonNode status = json(1, "evidence", ID);
    assertThat(status.path("missing").findValuesAsString("code"))
        .containsExactly("signature=missing");
    assertThat(refused(ask())).isEqualTo("governance.load-refused");
    String soon = LocalDate.now(ZoneOffset.UTC).plusMonths(1).toString();
    assertThat(refused(waive("signature", soon, "olga:govern"))).isEqualTo("governance.four-eyes");
    assertThat(refused(waive("approval", soon, "anton:govern"))).isEqualTo("governance.waiver");
    done(waive("signature", soon, "anton:govern"));
    assertThat(done("evidence", ID).path("complete").asBoolean()).isTrue();
    assertThat(run(ask()).exitCode()).isZero();
    String[] longer = ask();
    longer[5] = "6";
    assertThat(refused(longer)).isEqualTo("governance.outside-approval");

    JsonNode shown = done("inventory", "show", ID);
    assertThat(shown.path("fields").size()).isEqualTo(17);
    assertThat(shown.path("fields").path("reviewer").path("text").asString()).isEqualTo("rita");
    assertThat(shown.path("fields").path("monitoring").path("text").asString())
        .isEqualTo("UNKNOWN");
    assertThat(done("inventory", "list").path("models").size()).isEqualTo(1);

    Path exported = folder.resolve("exported");
    done("evidence", "export", ID, exported.toString());
    sentOn(exported);

    done("inventory", "retire", ID, "--reason", "there is a better one");
    assertThat(refused(ask())).isEqualTo("governance.load-refused");
    // What it decided can still be computed again, and the ledger holds together.
    assertThat(done("replay", "--all", "--model", MODEL.toString()).path("same").asInt())
        .isEqualTo(2);
    assertThat(run("audit", "verify").exitCode()).isZero();
  }

  private static String[] waive(String kind, String until, String by) {
    return new String[] {
      "evidence", "waive", ID, kind, "--until", until, "--reason", "soon", "--as", by
    };
  }

  private long entries() throws Exception {
    return done("audit", "verify").path("entries").asLong();
  }

  /** To another home, where the model lies in the store under its id. */
  private void sentOn(Path exported) throws Exception {
    home = "another";
    done("models", "add", MODEL.toString(), "--name", ID);
    JsonNode imported = done("evidence", "import", exported.toString(), "--as", "iris:operate");
    assertThat(imported.path("entries").size()).isEqualTo(4);
    JsonNode there = json(1, "evidence", ID);
    assertThat(there.path("missing").findValuesAsString("code"))
        .contains("approval=missing")
        .doesNotContain("card=missing", "inventory=missing");
    // By its path the model is found under its id.
    assertThat(json(1, "evidence", MODEL.toString()).path("id").asString()).isEqualTo(ID);
    String manifest = Files.readString(exported.resolve("manifest.yaml"));
    Files.writeString(
        exported.resolve("manifest.yaml"),
        manifest.replaceFirst(
            "verdict: pass", "verdict: pass\n    until: \"2020-01-01T00:00:00Z\""));
    long entries = entries();
    assertThat(refused("evidence", "import", exported.toString()))
        .isEqualTo("governance.evidence-expired");
    assertThat(entries()).isEqualTo(entries);
    Files.writeString(exported.resolve("manifest.yaml"), manifest);
    Files.writeString(exported.resolve("card"), "another");
    assertThat(refused("evidence", "import", exported.toString()))
        .isEqualTo("governance.evidence-folder");
    home = "home";
  }
}
