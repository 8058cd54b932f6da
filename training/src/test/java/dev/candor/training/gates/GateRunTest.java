package dev.candor.training.gates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.training.TrainingException;
import dev.candor.training.data.DataProgress;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import dev.candor.training.data.OverlapSettings;
import dev.candor.training.data.Preparation;
import dev.candor.training.data.Provenance;
import dev.candor.training.data.RowSchema;
import dev.candor.training.data.SplitRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Candidates that are better, worse and equal, and evidence that is not true. */
class GateRunTest {

  private static final String CANDIDATE = "c".repeat(64);
  private static final String INCUMBENT = "1".repeat(64);

  @TempDir Path folder;

  /** A set with so many rows in its split test, and half as many in train. */
  private DataSet set(String name, int rows, List<String> texts) {
    List<Preparation.RawRow> raw = new ArrayList<>();
    for (int i = 0; i < rows + rows / 2; i++) {
      raw.add(
          new Preparation.RawRow(
              i + 1,
              i < texts.size() ? texts.get(i) : name + "word" + i + " other" + name + i * 7919,
              i % 2 == 0 ? "a" : "b",
              Optional.of("f" + i),
              Optional.empty(),
              Optional.of(i < rows ? DataSplit.TEST : DataSplit.TRAIN),
              Map.of()));
    }
    Preparation.Plan plan =
        new Preparation.Plan(
            name,
            "1",
            RowSchema.Task.CLASSIFICATION,
            List.of(),
            List.of(DataSet.MODEL_EVALUATION),
            new Provenance("made up", "a test", "2026-11-01", "CC0-1.0", "counting"),
            new SplitRule.ByFamily(1, 80, 10, 10),
            OverlapSettings.USUAL,
            false);
    return new Preparation(plan, DataProgress.SILENT).prepare(raw, folder.resolve(name)).set();
  }

  private Path gates(DataSet sealed, String training, String... gates) throws IOException {
    String text =
        """
        format: 1
        sealed:
          path: %s
          digest: "%s"
        training: %s
        gates:
        %s
        """
            .formatted(
                sealed.folder().getFileName(),
                sealed.digest(),
                training,
                "  - " + String.join("\n  - ", gates));
    return Files.writeString(folder.resolve("gates.yaml"), text);
  }

  /** Answers with a probability of 0.9 each, right where told. */
  private Path predictions(DataSet set, String model, IntPredicate right) throws IOException {
    List<Prediction> rows = new ArrayList<>();
    for (DataRow row : set.rows(DataSplit.TEST)) {
      boolean isRight = right.test(rows.size());
      String answer = isRight == row.label().equals("a") ? "a" : "b";
      Map<String, Double> probabilities = new LinkedHashMap<>();
      probabilities.put("a", answer.equals("a") ? 0.9 : 0.1);
      probabilities.put("b", answer.equals("b") ? 0.9 : 0.1);
      rows.add(
          new Prediction(row.id(), row.label(), answer, OptionalDouble.of(0.9), probabilities));
    }
    Predictions.Header header =
        new Predictions.Header("m", model, "s", set.digest(), "test", Map.of("maxTokens", 1));
    return Files.write(
        folder.resolve(model.charAt(0) + ".jsonl"), Predictions.document(header, rows));
  }

  private Evidence run(Path gates, Path candidate, Path incumbent) {
    return new GateRun(GateFile.read(gates), DataProgress.SILENT)
        .run(Predictions.read(candidate), Optional.of(Predictions.read(incumbent)));
  }

  private static void assertRefused(ThrowingCallable call, String reason, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> {
              assertThat(e.code()).isEqualTo("training." + reason);
              assertThat(List.of(words)).allMatch((e.getMessage() + e.remedy())::contains);
            });
  }

  private static final String[] ALL = {
    "{kind: quality, minimum: 0.85}",
    "{kind: quality, name: exact, minimum: 0.75, interval: clopper-pearson, label: a}",
    "{kind: regression, margin: 0.02}",
    "{kind: calibration, maximum: 0.1}",
    "{kind: brier, maximum: 0.3}"
  };

  @Test
  void aBetterCandidatePasses() throws IOException {
    DataSet sealed = set("sealed", 1000, List.of());
    Path gates = gates(sealed, "unknown", ALL);
    Path candidate = predictions(sealed, CANDIDATE, row -> row % 10 != 0);
    Path incumbent = predictions(sealed, INCUMBENT, row -> row % 5 != 0);
    Evidence evidence = run(gates, candidate, incumbent);
    assertThat(evidence.gates()).extracting(GateResult::verdict).containsOnly(Verdict.PASS);
    assertThat(evidence.verdict()).isEqualTo(Verdict.PASS);
    assertThat(evidence.gates().getFirst().measured().orElseThrow().estimate()).isEqualTo(0.9);
    // Row 0, 10, 20 … expect "a": all errors are of that label.
    assertThat(evidence.gates().get(1).rows()).isEqualTo(500);
    assertThat(evidence.gates().get(1).measured().orElseThrow().estimate()).isEqualTo(0.8);
  }

  @Test
  void aWorseCandidateFails() throws IOException {
    DataSet sealed = set("sealed", 1000, List.of());
    Path gates = gates(sealed, "unknown", "{kind: regression, margin: 0.02}");
    Path candidate = predictions(sealed, CANDIDATE, row -> row % 5 != 0);
    Path incumbent = predictions(sealed, INCUMBENT, row -> row % 10 != 0);
    Evidence evidence = run(gates, candidate, incumbent);
    assertThat(evidence.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(evidence.gates().getFirst().reason()).startsWith("0 rows gained, 100 lost");
    assertRefused(
        () -> evidence.requirePromotes(CANDIDATE, evidence.document()),
        "not-passed",
        "FAIL",
        "regression",
        "100 lost");
  }

  @Test
  void twentyRowsAreTooFewToCallAnEqualCandidateEqual() throws IOException {
    DataSet sealed = set("sealed", 20, List.of());
    Path candidate = predictions(sealed, CANDIDATE, row -> row != 3);
    Path incumbent = predictions(sealed, INCUMBENT, row -> row != 3);
    Evidence evidence = run(gates(sealed, "unknown", ALL), candidate, incumbent);
    assertThat(evidence.gates())
        .extracting(GateResult::verdict)
        .containsOnly(Verdict.INSUFFICIENT_DATA);
    assertThat(evidence.verdict()).isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertRefused(
        () -> evidence.requirePromotes(CANDIDATE, evidence.document()),
        "not-passed",
        "INSUFFICIENT_DATA");
  }

  @Test
  void aSealedRowThatWasTrainedOnFails() throws IOException {
    String text = "The pump in hall two has been leaking oil since Monday morning.";
    DataSet sealed = set("sealed", 1000, List.of("x", "y", text));
    List<String> training = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      training.add("t" + i);
    }
    training.add(text.toUpperCase(java.util.Locale.ROOT).replace(".", "!!"));
    DataSet trained = set("trained", 100, training);
    Path candidate = predictions(sealed, CANDIDATE, row -> true);
    String source = "[{path: trained, digest: \"" + trained.digest() + "\", split: %s}]";
    Path clean = gates(sealed, source.formatted("train"), ALL[0]);
    assertThat(run(clean, candidate, candidate).verdict()).isEqualTo(Verdict.PASS);
    DataSet leaking = set("leaking", 100, training.subList(50, 151));
    Path leak = gates(sealed, "[{path: leaking, digest: \"" + leaking.digest() + "\"}]", ALL[0]);
    Evidence evidence = run(leak, candidate, candidate);
    assertThat(evidence.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(evidence.gates().getFirst().name()).isEqualTo("leakage");
    assertThat(evidence.gates().getFirst().reason()).contains("1 sealed rows", "row 3", "row 101");
  }

  @Test
  void evidenceThatWasChangedIsRefused() throws IOException {
    DataSet sealed = set("sealed", 1000, List.of());
    Path gates = gates(sealed, "unknown", ALL[0]);
    Path bad = predictions(sealed, CANDIDATE, row -> row % 2 == 0);
    Evidence fails = run(gates, bad, bad);
    String forged =
        new String(fails.document(), StandardCharsets.UTF_8).replace("\"FAIL\"", "\"PASS\"");
    assertThat(forged).contains("PASS").doesNotContain("FAIL");
    assertRefused(
        () -> fails.requirePromotes(CANDIDATE, forged.getBytes(StandardCharsets.UTF_8)),
        "evidence-differs");
    Path good = predictions(sealed, CANDIDATE, row -> row % 20 != 0);
    Evidence passes = run(gates, good, good);
    passes.requirePromotes(CANDIDATE, passes.document());
    assertRefused(() -> passes.requirePromotes(CANDIDATE, new byte[0]), "evidence-differs");
    assertRefused(
        () -> passes.requirePromotes(INCUMBENT, passes.document()), "wrong-model", INCUMBENT);
    // Other gates, other evidence: the easier ones do not count for the harder.
    Path harder = gates(sealed, "unknown", "{kind: quality, minimum: 0.9}");
    Evidence harderEvidence = run(harder, good, good);
    assertRefused(
        () -> harderEvidence.requirePromotes(CANDIDATE, passes.document()), "evidence-differs");
  }

  @Test
  void predictionsMustBeForTheSealedRows() throws IOException {
    DataSet sealed = set("sealed", 50, List.of());
    DataSet other = set("other", 50, List.of());
    Path gates = gates(sealed, "unknown", ALL[0]);
    Path wrong = predictions(other, CANDIDATE, row -> true);
    assertRefused(() -> run(gates, wrong, wrong), "wrong-set", sealed.digest(), other.digest());
    Path good = predictions(sealed, CANDIDATE, row -> true);
    List<String> lines = Files.readAllLines(good);
    assertChanged(gates, good, lines.subList(0, 50), "lack row 50");
    assertChanged(gates, good, with(lines, lines.get(3)), "twice");
    assertChanged(gates, good, with(lines, lines.get(3).replace("\"3\"", "\"77\"")), "1 rows");
    assertChanged(gates, good, lines.stream().map(l -> l.replace("0.1", "0.4")).toList(), "sum");
    assertChanged(gates, good, lines.stream().map(l -> l.replace("0.9", "1.9")).toList(), "1.9");
    List<String> easy =
        lines.stream().map(l -> l.replace("\"expected\":\"b\"", "\"expected\":\"a\"")).toList();
    assertChanged(gates, good, easy, "expect 'a' of row 2");
    assertChanged(gates, good, List.of(), "empty");
  }

  private static List<String> with(List<String> lines, String more) {
    List<String> all = new ArrayList<>(lines);
    all.add(more);
    return all;
  }

  private void assertChanged(Path gates, Path file, List<String> lines, String word)
      throws IOException {
    Files.write(file, lines);
    assertRefused(() -> run(gates, file, file), "predictions-unfit", word);
  }

  @Test
  void gateFilesSayWhatIsWrongWithThem() throws IOException {
    DataSet sealed = set("sealed", 50, List.of());
    assertGates(sealed, "{kind: quality, minimun: 0.8}", "unknown-key", "'minimum'", "gate 1");
    assertGates(sealed, "{kind: qualty, minimum: 0.8}", "unknown-value", "'quality'");
    assertGates(sealed, "{kind: quality}", "gates-unfit", "minimum");
    assertGates(sealed, "{kind: quality, minimum: 80}", "gates-unfit", "80.0", "0.0 to 1.0");
    assertGates(sealed, "{kind: regression, margin: 0.1, bins: 3}", "unknown-key", "'bins'");
    assertGates(
        sealed,
        "{kind: quality, minimum: 0.8}\n  - {kind: quality, minimum: 0.9}",
        "gates-unfit",
        "'quality' already");
    Path file = gates(sealed, "[]", ALL[0]);
    assertRefused(() -> GateFile.read(file), "gates-unfit", "training is empty");
    Files.writeString(file, "format: 1\nformat: 1\n");
    assertRefused(() -> GateFile.read(file), "gates-unfit", "format");
    Path tampered = gates(sealed, "unknown", ALL[0]);
    Files.writeString(
        tampered, Files.readString(tampered).replace(sealed.digest(), "0".repeat(64)));
    assertRefused(() -> new GateRun(GateFile.read(tampered), DataProgress.SILENT), "wrong-digest");
  }

  private void assertGates(DataSet sealed, String gate, String reason, String... words)
      throws IOException {
    Path file = gates(sealed, "unknown", gate);
    assertRefused(() -> GateFile.read(file), reason, words);
  }

  @Test
  void aPinnedIncumbentMustBeTheOneComparedWith() throws IOException {
    DataSet sealed = set("sealed", 1000, List.of());
    Path gates = gates(sealed, "unknown", ALL[2]);
    Files.writeString(gates, Files.readString(gates) + "incumbent: \"" + INCUMBENT + "\"\n");
    Path good = predictions(sealed, CANDIDATE, row -> row % 20 != 0);
    Path incumbent = predictions(sealed, INCUMBENT, row -> row % 20 != 0);
    assertThat(run(gates, good, incumbent).verdict()).isEqualTo(Verdict.PASS);
    assertRefused(() -> run(gates, good, good), "wrong-incumbent", INCUMBENT, CANDIDATE);
    assertRefused(
        () ->
            new GateRun(GateFile.read(gates), DataProgress.SILENT)
                .run(Predictions.read(good), Optional.empty()),
        "wrong-incumbent");
  }

  /** JSON is YAML, and says the same. */
  @Test
  void gateFilesMayBeJson() throws IOException {
    DataSet sealed = set("sealed", 50, List.of());
    Path yaml = gates(sealed, "unknown", "{kind: brier, maximum: 0.2, seed: 7}");
    Path json =
        Files.writeString(
            folder.resolve("gates.json"),
            """
            {"format": 1, "sealed": {"path": "sealed", "digest": "%s"}, "training": "unknown",
             "gates": [{"kind": "brier", "maximum": 0.2, "seed": 7}]}
            """
                .formatted(sealed.digest()));
    assertThat(GateFile.read(json).gates()).isEqualTo(GateFile.read(yaml).gates());
    assertThat(GateFile.read(json).sealed()).isEqualTo(GateFile.read(yaml).sealed());
    assertThat(GateFile.read(json).digest()).isNotEqualTo(GateFile.read(yaml).digest());
  }

  /** A multi-class score: (0.1² + 0.1²) where right, (0.9² + 0.9²) where wrong. */
  @Test
  void brierScoreOfLabels() throws IOException {
    DataSet sealed = set("sealed", 100, List.of());
    Path gates = gates(sealed, "unknown", "{kind: brier, maximum: 0.5}");
    Path candidate = predictions(sealed, CANDIDATE, row -> row % 4 != 0);
    GateResult brier = run(gates, candidate, candidate).gates().getFirst();
    assertThat(brier.measured().orElseThrow().estimate()).isEqualTo(0.42);
    assertThat(brier.reason()).contains("all labels");
  }
}
