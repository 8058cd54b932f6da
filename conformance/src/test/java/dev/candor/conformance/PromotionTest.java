package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** From a sealed set to a model of the store: what passes, and what is kept out. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
class PromotionTest {

  private static final Path MODEL = TestData.fixture("llama3-tiny");

  @TempDir Path folder;

  private static JsonNode json(String text) {
    return new ObjectMapper().readTree(text);
  }

  /** Rows whose labels are what the model says, so that it is always right, or never. */
  private String sealed(boolean right) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rows.append("{\"text\":\"number").append(i * 7919).append(" of").append(i).append("\",");
      rows.append("\"label\":\"").append(i % 2 == 0 ? "red" : "blue").append("\"}\n");
    }
    prepare("first", rows.toString());
    assertThat(evaluate("first").exitCode()).isZero();
    List<String> answers = Files.readAllLines(folder.resolve("first.jsonl"));
    List<String> texts = rows.toString().lines().toList();
    StringBuilder known = new StringBuilder();
    for (int i = 1; i < answers.size(); i++) {
      JsonNode row = json(answers.get(i));
      String said = row.get("answer").asString();
      String label = said.equals("red") == right ? "red" : "blue";
      int number = Integer.parseInt(row.get("id").asString());
      known.append(texts.get(number - 1).replaceFirst("(red|blue)", label)).append('\n');
    }
    return prepare("sealed", known.toString());
  }

  /** Returns the digest of the set, all of which is for testing. */
  private String prepare(String name, String rows) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".in.jsonl"), rows);
    CommandRun run =
        CommandRun.of(
            "data",
            "prepare",
            file.toString(),
            "--out",
            folder.resolve(name).toString(),
            "--labels",
            "red,blue",
            "--shares",
            "0,0,100",
            "--purpose",
            "model-evaluation",
            "--source",
            "made up",
            "--licence",
            "CC0-1.0",
            "--collected-by",
            "a test",
            "--collected-at",
            "2026-11-01",
            "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return json(run.out()).get("digest").asString();
  }

  private CommandRun evaluate(String set) {
    return CommandRun.of(
        "train",
        "evaluate",
        "--model",
        MODEL.toString(),
        "--set",
        folder.resolve(set).toString(),
        "--out",
        folder.resolve(set + ".jsonl").toString());
  }

  private Path gates(String digest, String minimum) throws IOException {
    return Files.writeString(
        folder.resolve("gates.yaml"),
        """
        format: 1
        sealed: {path: sealed, digest: "%s"}
        training: unknown
        gates:
          - {kind: quality, minimum: %s}
        """
            .formatted(digest, minimum));
  }

  private CommandRun gatesOf(Path gates) {
    return CommandRun.of(
        "train",
        "gates",
        "--candidate",
        folder.resolve("sealed.jsonl").toString(),
        "--gates",
        gates.toString(),
        "--out",
        folder.resolve("evidence").toString());
  }

  private CommandRun promote(Path model, Path gates, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "promote",
                model.toString(),
                "--evidence",
                folder.resolve("evidence").toString(),
                "--gates",
                gates.toString(),
                "--name",
                "promoted",
                "--record",
                "--json"));
    arguments.addAll(List.of(more));
    return CandorProcess.run(folder.resolve("home"), arguments.toArray(String[]::new));
  }

  @Test
  void aCandidateThatPassesIsInTheStoreWithItsEvidence() throws Exception {
    Path gates = gates(sealed(true), "0.8");
    assertThat(evaluate("sealed").out()).contains("40 of 40 right, 100.0 %");
    CommandRun verdict = gatesOf(gates);
    assertThat(verdict.exitCode()).as(verdict.out() + verdict.err()).isZero();
    assertThat(verdict.out()).contains("is unknown", "verdict: PASS");
    // What cannot be recorded is not promoted either.
    assertThat(promote(MODEL, gates, "--until", "soon").out()).contains("input.instant");
    assertThat(folder.resolve("home/models/promoted")).doesNotExist();
    CommandRun promoted = promote(MODEL, gates);
    assertThat(promoted.exitCode()).as(promoted.out() + promoted.err()).isZero();
    JsonNode model = json(promoted.out());
    assertThat(model.get("replayedRows").asInt()).isEqualTo(10);
    JsonNode kept = json(Files.readString(folder.resolve("home/models/promoted/evidence.json")));
    assertThat(kept.get("verdict").asString()).isEqualTo("PASS");
    assertThat(kept.get("candidate").get("digest").asString())
        .isEqualTo(model.get("digest").asString());
    assertThat(Files.readString(folder.resolve("home/models/promoted/model.json")))
        .contains("evidence.json");
    // What lies beside the model can be held against the ledger.
    JsonNode entry =
        json(
            CandorProcess.run(
                    folder.resolve("home"),
                    "audit",
                    "show",
                    model.get("entry").asString(),
                    "--json")
                .out());
    assertThat(entry.toString())
        .contains("\"gates\"", "\"pass\"", model.get("digest").asString())
        .contains(
            HexFormat.of()
                .formatHex(
                    MessageDigest.getInstance("SHA-256")
                        .digest(
                            Files.readAllBytes(
                                folder.resolve("home/models/promoted/evidence.json")))));
    // Promoted once, and not over it.
    assertThat(promote(MODEL, gates).out()).contains("store.exists");
  }

  @Test
  void aCandidateThatFailsOrLiesIsKeptOut() throws Exception {
    Path gates = gates(sealed(false), "0.8");
    assertThat(evaluate("sealed").out()).contains("0 of 40 right");
    CommandRun verdict = gatesOf(gates);
    assertThat(verdict.exitCode()).isEqualTo(1);
    assertThat(verdict.out()).contains("verdict: FAIL");
    assertThat(promote(MODEL, gates).out()).contains("training.not-passed", "0 of 40 are right");

    // Its evidence says PASS now.
    Path evidence = folder.resolve("evidence/evidence.json");
    Files.writeString(evidence, Files.readString(evidence).replace("FAIL", "PASS"));
    assertThat(promote(MODEL, gates).out()).contains("training.evidence-differs");

    // Its predictions are invented, and the evidence made of them is right.
    Path predictions = folder.resolve("sealed.jsonl");
    Files.writeString(
        predictions,
        Files.readString(predictions)
            .replaceAll(
                "\"expected\":\"(\\w+)\",\"answer\":\"\\w+\"",
                "\"expected\":\"$1\",\"answer\":\"$1\"")
            .replaceAll(",\"probability\":[0-9.E-]+", ""));
    Path invented = folder.resolve("evidence");
    for (String file : List.of("evidence.json", "candidate.jsonl")) {
      Files.delete(invented.resolve(file));
    }
    Files.delete(invented);
    assertThat(gatesOf(gates).out()).contains("verdict: PASS");
    assertThat(promote(MODEL, gates).out()).contains("predictions.differ", "asked again");

    // Evidence about another model.
    CommandRun other = promote(TestData.fixture("llama-smol"), gates);
    assertThat(other.out()).contains("training.wrong-model");
    assertThat(folder.resolve("home/models/promoted")).doesNotExist();
  }

  @Test
  void setsWithoutConsentAreNotEvaluated() throws IOException {
    sealed(true);
    Path manifest = folder.resolve("sealed/dataset.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("model-evaluation", "model-training"));
    CommandRun run = evaluate("sealed");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("may not be used for model-evaluation");
  }

  /** What a model goes on with is compared as a whole. */
  @Test
  void freeAnswersAreEvaluatedByTheMostLikelyTokens() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("in.jsonl"),
            "{\"text\":\"What is 1 + 1?\",\"label\":\"2\"}\n{\"text\":\"Say yes.\",\"label\":\"yes\"}\n");
    CommandRun made =
        CommandRun.of(
            "data",
            "prepare",
            file.toString(),
            "--out",
            folder.resolve("free").toString(),
            "--task",
            "answer",
            "--shares",
            "0,0,100",
            "--purpose",
            "model-evaluation",
            "--source",
            "made up",
            "--licence",
            "CC0-1.0",
            "--collected-by",
            "a test",
            "--collected-at",
            "2026-11-01");
    assertThat(made.exitCode()).as(made.err()).isZero();
    CommandRun run =
        CommandRun.of(
            "train",
            "evaluate",
            "--model",
            MODEL.toString(),
            "--set",
            folder.resolve("free").toString(),
            "--max-tokens",
            "5",
            "--out",
            folder.resolve("free.jsonl").toString(),
            "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(json(run.out()).get("rows").asInt()).isEqualTo(2);
    List<String> lines = Files.readAllLines(folder.resolve("free.jsonl"));
    assertThat(json(lines.getFirst()).get("settings").get("maxTokens").asInt()).isEqualTo(5);
    JsonNode first = json(lines.get(1));
    assertThat(first.get("expected").asString()).isEqualTo("2");
    assertThat(first.get("probability").asDouble()).isBetween(0.0, 1.0);
    assertThat(first.has("probabilities")).isFalse();
  }
}
