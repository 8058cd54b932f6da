package dev.candor.cli;

import dev.candor.training.ContentDigest;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import dev.candor.training.data.Preparation;
import dev.candor.training.data.Preparation.Plan;
import dev.candor.training.data.Preparation.Prepared;
import dev.candor.training.data.Preparation.RawRow;
import dev.candor.training.data.Provenance;
import dev.candor.training.data.RowSchema;
import dev.candor.training.data.SplitRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A data set out of a file of rows. */
@CommandLine.Command(
    name = "prepare",
    description = {
      "Makes a data set of the rows of a .csv or .jsonl file: a folder with the rows and a manifest"
          + " that says what a row is, what the rows may be used for and where they come from.",
      "",
      "Rows whose text is there already, exactly or nearly, are left out. Rows of one family get"
          + " into one split; without --family, rows that overlap are one. What would leak from"
          + " one split into another is refused."
    },
    footer = {
      "",
      "Example:",
      "  candor data prepare tickets.csv --text body --label team --out tickets \\",
      "      --purpose model-training --source \"our help desk\" --licence internal \\",
      "      --collected-by \"A. Miller\" --collected-at 2026-11-01"
    })
final class DataPrepareCommand extends Command {

  @Parameters(arity = "1", paramLabel = "FILE", description = "A .csv or .jsonl file.")
  Path file = Path.of("");

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to make; it must not be there yet.")
  Path out = Path.of("");

  @Option(
      names = "--text",
      defaultValue = "text",
      paramLabel = "COLUMN",
      description = "The column with the text or prompt (default: ${DEFAULT-VALUE}).")
  String text = "text";

  @Option(
      names = "--label",
      defaultValue = "label",
      paramLabel = "COLUMN",
      description = "The column with the label or answer (default: ${DEFAULT-VALUE}).")
  String label = "label";

  @Option(
      names = "--family",
      paramLabel = "COLUMN",
      description = "The column that says which rows stem from the same thing.")
  @Nullable String family;

  @Option(
      names = "--subject",
      paramLabel = "COLUMN",
      description = "The column that says whom a row is about.")
  @Nullable String subject;

  @Option(
      names = "--split",
      paramLabel = "COLUMN",
      description = "The column with train, validation or test (default: by family).")
  @Nullable String split;

  @Option(
      names = "--keep",
      split = ",",
      paramLabel = "COLUMN",
      description = "Further columns to keep, separated by commas (default: none).")
  List<String> keep = List.of();

  @Option(
      names = "--task",
      defaultValue = "classification",
      paramLabel = "classification|answer",
      description = "Whether labels are from a list, or any words (default: ${DEFAULT-VALUE}).")
  RowSchema.Task task = RowSchema.Task.CLASSIFICATION;

  @Option(
      names = "--labels",
      split = ",",
      paramLabel = "LABEL",
      description = "All labels in the order in which they are offered (default: as in the rows).")
  List<String> labels = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What reports call the set (default: as its folder).")
  @Nullable String name;

  @Option(
      names = "--set-version",
      defaultValue = "1",
      paramLabel = "VERSION",
      description = "Which version of the set it is (default: ${DEFAULT-VALUE}).")
  String version = "1";

  @Option(
      names = "--purpose",
      required = true,
      split = ",",
      paramLabel = "PURPOSE",
      description =
          "What the rows may be used for, by the consent there is: model-training,"
              + " model-evaluation, or others.")
  List<String> purposes = List.of();

  @Option(
      names = "--source",
      required = true,
      paramLabel = "TEXT",
      description = "Where the rows come from.")
  String source = "";

  @Option(
      names = "--collected-by",
      required = true,
      paramLabel = "TEXT",
      description = "Who collected them.")
  String collectedBy = "";

  @Option(names = "--collected-at", required = true, paramLabel = "DATE", description = "When.")
  String collectedAt = "";

  @Option(
      names = "--licence",
      required = true,
      paramLabel = "TEXT",
      description = "Under which terms.")
  String licence = "";

  @Option(
      names = "--method",
      paramLabel = "TEXT",
      description = "How the rows were made (default: from FILE, with its digest).")
  @Nullable String method;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Another one divides otherwise (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(
      names = "--shares",
      split = ",",
      defaultValue = "80,10,10",
      paramLabel = "PERCENT",
      description = "Families for train, validation and test (default: ${DEFAULT-VALUE}).")
  List<Integer> shares = List.of();

  @Option(
      names = "--drop-leaks",
      description = "Leave out rows nearer to training that leak, instead of refusing the set.")
  boolean dropLeaks;

  @Option(
      names = "--drop-incomplete",
      description = "Leave out rows without text, label or family, instead of refusing the set.")
  boolean dropIncomplete;

  @Mixin OverlapArguments overlaps = new OverlapArguments();

  private int incomplete;

  DataPrepareCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (shares.size() != 3
        || shares.stream().anyMatch(share -> share < 0)
        || shares.stream().mapToInt(Integer::intValue).sum() != 100) {
      throw usage("--shares must be three whole numbers that sum to 100");
    }
    RowFile.Format format =
        RowFile.Format.of(file)
            .orElseThrow(() -> usage("FILE must be a .csv or .jsonl file by its name"));
    List<RawRow> rows = rows(RowFile.read(file, format));
    if (task == RowSchema.Task.CLASSIFICATION) {
      requireLabels(rows);
    }
    Plan plan =
        new Plan(
            name == null ? String.valueOf(out.toAbsolutePath().normalize().getFileName()) : name,
            version,
            task,
            labels.stream().map(String::strip).toList(),
            purposes.stream().map(String::strip).toList(),
            new Provenance(source, collectedBy, collectedAt, licence, method()),
            new SplitRule.ByFamily(seed, shares.get(0), shares.get(1), shares.get(2)),
            overlaps.settings(),
            dropLeaks);
    Prepared prepared;
    try (ProgressLine progress = new ProgressLine(streams)) {
      prepared = new Preparation(plan, progress::count).prepare(rows, out);
    }
    Map<String, Object> members = members(prepared);
    if (json) {
      printJson(members);
    } else {
      members.forEach((key, value) -> streams.out().printf("%-18s  %s%n", key, value));
      streams.out().println("See 'candor data check " + out + "'.");
    }
    return OK;
  }

  private Map<String, Object> members(Prepared prepared) {
    DataSet set = prepared.set();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("folder", out.toString());
    members.put("digest", set.digest());
    members.put("rows", set.rows().size());
    Map<String, Object> splits = new LinkedHashMap<>();
    for (DataSplit part : DataSplit.values()) {
      splits.put(part.key(), set.rows(part).size());
    }
    members.put("splits", splits);
    members.put("droppedDuplicates", prepared.duplicates());
    members.put("droppedLeaks", prepared.leaking());
    members.put("droppedIncomplete", incomplete);
    members.put("skippedComparisons", prepared.skippedComparisons());
    return members;
  }

  private String method() {
    if (method != null) {
      return method;
    }
    return "from "
        + file.getFileName()
        + ", sha256:"
        + ContentDigest.of(TextFile.bytes(file))
        + ", by candor data prepare "
        + CandorCommand.Version.number();
  }

  private void requireLabels(List<RawRow> rows) {
    long distinct = rows.stream().map(RawRow::label).distinct().count();
    if (distinct > LabelQuestion.MOST_LABELS) {
      throw new CommandException(
          "rows.too-many-labels",
          "the column '"
              + label
              + "' has "
              + distinct
              + " different labels, a classification may have "
              + LabelQuestion.MOST_LABELS,
          "Is it the right column (--label)? For answers in any words, say --task answer.");
    }
  }

  private List<RawRow> rows(List<Row> rows) {
    List<RawRow> raw = new ArrayList<>();
    for (Row row : rows) {
      if (dropIncomplete
          && (cell(row, text).isEmpty()
              || cell(row, label).isEmpty()
              || (family != null && cell(row, family).isEmpty()))) {
        incomplete++;
        continue;
      }
      String familyColumn = family;
      String splitColumn = split;
      raw.add(
          new RawRow(
              row.number(),
              require(row, text, "--text"),
              require(row, label, "--label"),
              familyColumn == null
                  ? Optional.empty()
                  : Optional.of(require(row, familyColumn, "--family")),
              subject == null ? Optional.empty() : cell(row, subject),
              splitColumn == null ? Optional.empty() : Optional.of(split(row, splitColumn)),
              kept(row)));
    }
    return raw;
  }

  private Map<String, Object> kept(Row row) {
    Map<String, Object> kept = new LinkedHashMap<>();
    for (String column : keep) {
      if (!row.cells().containsKey(column)) {
        continue;
      }
      Object value = row.cells().get(column);
      if (value instanceof Number || value instanceof Boolean) {
        kept.put(column, value);
      } else {
        cell(row, column).ifPresent(words -> kept.put(column, words));
      }
    }
    return kept;
  }

  private static DataSplit split(Row row, String column) {
    String key = require(row, column, "--split");
    return DataSplit.of(key)
        .orElseThrow(() ->
            new CommandException(
                "rows.unknown-split",
                "row " + row.number() + ": " + column + " is '" + key + "'",
                "Allowed is " + String.join(", ", DataSplit.keys()) + "."));
  }

  private static String require(Row row, String column, String option) {
    return cell(row, column)
        .orElseThrow(() ->
            new CommandException(
                "rows.missing-value",
                "row "
                    + row.number()
                    + " has nothing in the column '"
                    + column
                    + "'; it has "
                    + row.cells().keySet(),
                "Say which column it is ("
                    + option
                    + "), or leave such rows out (--drop-incomplete)."));
  }

  /** A cell as text; of JSON also a number, true or false. */
  private static Optional<String> cell(Row row, String column) {
    return switch (row.cells().get(column)) {
      case String words when !words.isBlank() -> Optional.of(words.strip());
      case Number number -> Optional.of(number.toString());
      case Boolean truth -> Optional.of(truth.toString());
      case null, default -> Optional.empty();
    };
  }
}
