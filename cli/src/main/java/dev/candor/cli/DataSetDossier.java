package dev.candor.cli;

import dev.candor.governance.provenance.documents.Answer;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentTemplate;
import dev.candor.governance.provenance.materials.ModelMaterials.DataSetMaterial;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSetManifest;
import dev.candor.training.data.DataSplit;
import dev.candor.training.data.RowSchema;
import dev.candor.training.data.SplitRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the manifest of a data set says, for datasheets and bills of materials. */
final class DataSetDossier {

  private DataSetDossier() {}

  /** Its datasheet, as far as the manifest goes. */
  static Document datasheet(DataSet set) {
    DataSetManifest manifest = set.manifest();
    RowSchema schema = manifest.schema();
    Map<String, Answer> answers = new LinkedHashMap<>();
    put(
        answers,
        "instances",
        schema.task() == RowSchema.Task.CLASSIFICATION
            ? "a text with one of some labels"
            : "a text with an answer");
    put(answers, "count", String.format(Locale.ROOT, "%,d rows", manifest.count()));
    put(answers, "contents", "the columns " + String.join(", ", schema.columns()));
    put(
        answers,
        "labels",
        "the column "
            + schema.label()
            + (schema.labels().isEmpty() ? "" : ": " + String.join(", ", schema.labels())));
    schema
        .family()
        .ifPresent(column ->
            put(answers, "relationships", "rows of one " + column + " stem from the same thing"));
    answers.put("splits", new Answer(splits(set), Answer.Source.MANIFEST));
    schema
        .subject()
        .ifPresent(column ->
            put(answers, "identifiability", "the column " + column + " says whom a row is about"));
    put(answers, "acquisition", manifest.provenance().source());
    put(answers, "mechanisms", manifest.provenance().method());
    put(answers, "collectors", manifest.provenance().collectedBy());
    put(answers, "timeframe", manifest.provenance().collectedAt());
    put(
        answers,
        "other-uses",
        manifest.purposes().isEmpty()
            ? "nothing: its manifest allows no purpose"
            : String.join(", ", manifest.purposes()) + ", and nothing else");
    put(answers, "licence", manifest.provenance().licence());
    return Document.of(
        DocumentTemplate.DATASHEET,
        new Document.Subject(manifest.name() + " " + manifest.version(), Optional.of(set.digest())),
        answers);
  }

  private static void put(Map<String, Answer> answers, String question, String text) {
    answers.put(question, Answer.of(text, Answer.Source.MANIFEST));
  }

  private static List<String> splits(DataSet set) {
    List<String> splits = new ArrayList<>();
    splits.add(
        switch (set.manifest().splits()) {
          case SplitRule.ByFamily _ -> "by a hash of the family, so that none is in two";
          case SplitRule.ByColumn(String column) -> "as the column " + column + " says";
        });
    for (DataSplit split : DataSplit.values()) {
      splits.add(
          String.format(
              Locale.ROOT,
              "%s: %,d rows",
              split.name().toLowerCase(Locale.ROOT),
              set.rows(split).size()));
    }
    return splits;
  }

  /** As a part of what a model is made from. */
  static DataSetMaterial material(DataSet set) {
    DataSetManifest manifest = set.manifest();
    return new DataSetMaterial(
        manifest.name(),
        manifest.version(),
        set.digest(),
        manifest.rowsDigest(),
        manifest.count(),
        manifest.provenance().source(),
        manifest.provenance().collectedBy(),
        manifest.provenance().licence(),
        manifest.purposes(),
        manifest.schema().subject().isPresent());
  }
}
