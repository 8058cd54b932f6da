package dev.candor.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import dev.candor.training.data.Preparation.Plan;
import dev.candor.training.data.Preparation.Prepared;
import dev.candor.training.data.Preparation.RawRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making sets and opening them: what is refused, and with which words. */
class PreparationTest {

  @TempDir Path folder;

  private final RowsForTests made = new RowsForTests(3);

  private static Plan plan(boolean dropLeaks) {
    return new Plan(
        "set",
        "1",
        RowSchema.Task.CLASSIFICATION,
        List.of(),
        List.of(DataSet.MODEL_TRAINING),
        new Provenance("made up", "a test", "2026-11-01", "CC0-1.0", "at random"),
        new SplitRule.ByFamily(5, 80, 10, 10),
        OverlapSettings.USUAL,
        dropLeaks);
  }

  private RawRow raw(int number, String text, Optional<String> family, Optional<DataSplit> split) {
    return new RawRow(
        number,
        text,
        number % 2 == 0 ? "even" : "odd",
        family,
        Optional.empty(),
        split,
        Map.of("weight", number));
  }

  private Prepared prepare(List<RawRow> rows, boolean dropLeaks) {
    return new Preparation(plan(dropLeaks), DataProgress.SILENT)
        .prepare(rows, folder.resolve("set"));
  }

  private Path usual() {
    List<RawRow> rows = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      rows.add(raw(i, made.text(12), Optional.of("f" + i % 200), Optional.empty()));
    }
    prepare(rows, false);
    return folder.resolve("set");
  }

  @Test
  void aFamilyIsInOneSplitAndSharesAreAsAsked() {
    DataSet set = DataSet.open(usual(), DataSet.MODEL_TRAINING);
    Map<String, DataSplit> splitOf = new HashMap<>();
    for (DataRow row : set.rows()) {
      assertThat(splitOf.computeIfAbsent(row.family(), family -> row.split()))
          .isEqualTo(row.split());
    }
    assertThat(set.rows(DataSplit.TRAIN)).hasSizeBetween(700, 900);
    assertThat(set.rows(DataSplit.VALIDATION, DataSplit.TEST)).hasSizeBetween(100, 300);
    assertThat(set.manifest().schema().labels()).containsExactly("even", "odd");
  }

  /** Computed with Python: int.from_bytes(sha256(b"5\nf…").digest()[:8], "big") % 100. */
  @Test
  void theHashIsTheOneOfTheReference() {
    SplitRule.ByFamily rule = new SplitRule.ByFamily(5, 80, 10, 10);
    assertThat(rule.splitOf("f0")).isEqualTo(DataSplit.TRAIN);
    assertThat(rule.splitOf("f5")).isEqualTo(DataSplit.VALIDATION);
    assertThat(rule.splitOf("f6")).isEqualTo(DataSplit.TEST);
  }

  @Test
  void duplicatesAreDroppedAndCounted() {
    List<RawRow> rows = new ArrayList<>();
    String text = made.text(60);
    rows.add(raw(1, text, Optional.empty(), Optional.empty()));
    rows.add(raw(2, text.toUpperCase(java.util.Locale.ROOT), Optional.empty(), Optional.empty()));
    rows.add(raw(3, text + " more", Optional.empty(), Optional.empty()));
    rows.add(raw(4, made.text(60), Optional.empty(), Optional.empty()));
    Prepared prepared = prepare(rows, false);
    assertThat(prepared.duplicates()).isEqualTo(2);
    assertThat(prepared.set().rows()).extracting(DataRow::id).containsExactly("1", "4");
  }

  /** Each text shares a run with the next: all are one family, and nothing leaks. */
  @Test
  void withoutFamiliesRowsThatOverlapAreOne() {
    List<RawRow> rows = new ArrayList<>();
    for (int chain = 0; chain < 40; chain++) {
      String before = made.text(15);
      for (int i = 0; i < 5; i++) {
        String next = made.text(15);
        rows.add(
            raw(
                rows.size() + 1,
                before + " " + made.text(30) + " " + next,
                Optional.empty(),
                Optional.empty()));
        before = next;
      }
    }
    Prepared prepared = prepare(rows, false);
    assertThat(prepared.set().rows()).hasSize(200);
    assertThat(DataReport.of(prepared.set(), OverlapSettings.USUAL, DataProgress.SILENT).isClean())
        .isTrue();
    assertThat(prepared.set().rows(DataSplit.TRAIN)).hasSizeLessThan(200);
    // Rows that no split divides keep their own family; chains that one did are joined in part.
    assertThat(prepared.set().rows().stream().map(DataRow::family).distinct().count())
        .isLessThan(200);
  }

  @Test
  void aPlantedLeakIsRefusedOrTakenOutOfTraining() {
    List<RawRow> rows = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      Optional<DataSplit> split = Optional.of(i <= 20 ? DataSplit.TRAIN : DataSplit.TEST);
      rows.add(raw(i, made.text(20), Optional.of("f" + i), split));
    }
    rows.add(raw(31, rows.get(4).text(), Optional.of("f31"), Optional.of(DataSplit.TEST)));
    assertThatThrownBy(() -> prepare(rows, false))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training.leak"))
        .hasMessageContaining("row 31 (test) and row 5 (train)");
    assertThat(folder.resolve("set")).doesNotExist();
    Prepared prepared = prepare(rows, true);
    assertThat(prepared.leaking()).isEqualTo(1);
    assertThat(prepared.set().rows()).extracting(DataRow::id).contains("31").doesNotContain("5");
  }

  private static void assertRefused(Path set, String reason, String... words) {
    assertThatThrownBy(() -> DataSet.open(set, DataSet.MODEL_TRAINING))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training." + reason))
        .hasMessageContainingAll(words);
  }

  @Test
  void anotherPurposeIsRefused() {
    Path set = usual();
    assertThat(DataSet.open(set.resolve("rows.jsonl"), DataSet.MODEL_TRAINING).rows())
        .hasSize(1000);
    assertThatThrownBy(() -> DataSet.open(set, DataSet.MODEL_EVALUATION))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.code()).isEqualTo("training.no-consent"))
        .hasMessageContainingAll("model-evaluation", "[model-training]");
  }

  @Test
  void changedRowsAreRefused() throws IOException {
    Path set = usual();
    Path rows = set.resolve("rows.jsonl");
    Files.writeString(rows, Files.readString(rows).replaceFirst("\"odd\"", "\"even\""));
    assertRefused(set, "wrong-digest", "rows.jsonl");
    Files.delete(rows);
    assertRefused(set, "no-rows", "rows.jsonl");
    Files.delete(set.resolve("dataset.json"));
    assertRefused(set, "no-manifest", "dataset.json");
  }

  /** Replaces rows and corrects the digest, so that the row itself is what does not fit. */
  private Path withRow(String row) throws IOException {
    Path set = folder.resolve("set");
    if (!Files.exists(set)) {
      usual();
    }
    Path rows = set.resolve("rows.jsonl");
    Path manifest = set.resolve("dataset.json");
    String before = ContentDigest.of(Files.readString(rows));
    List<String> lines = new ArrayList<>(Files.readAllLines(rows));
    lines.set(6, row);
    Files.writeString(rows, String.join("\n", lines) + "\n");
    Files.writeString(
        manifest,
        Files.readString(manifest).replace(before, ContentDigest.of(Files.readString(rows))));
    return set;
  }

  @Test
  void aRowThatDoesNotFitIsNamedWithItsField() throws IOException {
    String good = "\"id\":\"q\",\"text\":\"t\",\"label\":\"odd\",\"family\":\"f\"";
    assertThat(DataSet.open(withRow("{" + good + "}"), DataSet.MODEL_TRAINING).rows())
        .hasSize(1000);
    assertRefused(
        withRow("{" + good.replace("odd", "strange") + "}"),
        "row-unfit",
        "row 7",
        "label",
        "strange");
    assertRefused(withRow("{" + good.replace("\"t\"", "\" \"") + "}"), "row-unfit", "row 7: text");
    assertRefused(withRow("{" + good.replace("\"t\"", "5") + "}"), "row-unfit", "row 7: text");
    assertRefused(withRow("{" + good + ",\"name\":\"Ada\"}"), "row-unfit", "row 7: name");
    assertRefused(withRow("{" + good + ",\"weight\":[1]}"), "row-unfit", "row 7: weight");
    assertRefused(withRow("{" + good.replace("\"q\"", "\"1\"") + "}"), "row-unfit", "row 7: id");
    assertRefused(withRow("{" + good + ",\"id\":\"r\"}"), "row-malformed", "row 7");
    assertRefused(withRow("{" + good), "row-malformed", "row 7");
    assertRefused(withRow(""), "row-malformed", "row 7");
  }

  @Test
  void anUnknownKeyOfTheManifestIsRefusedWithTheNearest() throws IOException {
    Path set = usual();
    Path manifest = set.resolve("dataset.json");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("\"licence\"", "\"license\""));
    assertThatThrownBy(() -> DataSet.inspect(set))
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> assertThat(e.remedy()).startsWith("Did you mean 'licence'?"));
    Files.writeString(manifest, text.replace("\"count\" : 1000", "\"count\" : 999"));
    assertRefused(set, "manifest-unfit", "999");
    Files.writeString(manifest, text.replace("rows.jsonl", "../rows.jsonl"));
    assertRefused(set, "manifest-unfit", "rows.file");
    Files.writeString(manifest, text.replace("\"validation\" : 10", "\"validation\" : 20"));
    assertRefused(set, "manifest-unfit", "110");
  }

  @Test
  void aFamilyInTwoSplitsIsRefused() throws IOException {
    List<RawRow> rows = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      Optional<DataSplit> split = Optional.of(i % 3 == 0 ? DataSplit.TEST : DataSplit.TRAIN);
      rows.add(raw(i, made.text(20), Optional.of("f" + i % 3), split));
    }
    prepare(rows, false);
    withRow(
        "{\"id\":\"7\",\"text\":\"t\",\"label\":\"odd\",\"family\":\"f0\",\"split\":\"train\"}");
    assertRefused(folder.resolve("set"), "family-divided", "row 7", "'f0'", "train", "test");
  }

  @Test
  void theSameInputMakesTheSameFiles() throws IOException {
    String first = ContentDigest.of(Files.readAllBytes(usual().resolve("dataset.json")));
    RowsForTests again = new RowsForTests(3);
    List<RawRow> rows = new ArrayList<>();
    for (int i = 1; i <= 1000; i++) {
      rows.add(raw(i, again.text(12), Optional.of("f" + i % 200), Optional.empty()));
    }
    Path other = folder.resolve("other");
    new Preparation(plan(false), DataProgress.SILENT).prepare(rows, other);
    assertThat(ContentDigest.of(Files.readAllBytes(other.resolve("dataset.json"))))
        .isEqualTo(first);
  }
}
