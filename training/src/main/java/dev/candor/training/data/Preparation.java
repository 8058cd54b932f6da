package dev.candor.training.data;

import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes a data set of rows: drops those whose text is there already, puts families into splits,
 * refuses what leaks from one split into another, and writes the folder with its manifest.
 *
 * <p>Without families of its own, a row's family are the rows it overlaps with: they get into one
 * split, so that nothing leaks.
 */
public final class Preparation {

  private static final String ROWS = "rows.jsonl";

  /** Rounds in which rows are taken out because something leaked. */
  private static final int MOST_ROUNDS = 20;

  /**
   * A row as it came.
   *
   * @param number in the file it came from
   * @param family empty if that is to be found out
   * @param subject whom it is about
   * @param split empty if that is to be found out
   * @param attributes text, numbers, true and false
   */
  public record RawRow(
      int number,
      String text,
      String label,
      Optional<String> family,
      Optional<String> subject,
      Optional<DataSplit> split,
      Map<String, Object> attributes) {}

  /**
   * What to make.
   *
   * @param task what a label is
   * @param labels of a classification, in order; empty for those that the rows have, sorted
   * @param splits by family, where rows do not say it themselves
   * @param dropLeaks whether rows nearer to training are taken out if they leak
   */
  public record Plan(
      String name,
      String version,
      RowSchema.Task task,
      List<String> labels,
      List<String> purposes,
      Provenance provenance,
      SplitRule.ByFamily splits,
      OverlapSettings overlaps,
      boolean dropLeaks) {}

  /**
   * What was made.
   *
   * @param set it
   * @param duplicates rows left out because their text was there already
   * @param leaking rows left out because they leaked
   * @param skippedComparisons of the last look for leaks; see {@link RowComparison}
   */
  public record Prepared(DataSet set, int duplicates, int leaking, long skippedComparisons) {}

  private final Plan plan;
  private final DataProgress progress;
  private long skipped;

  public Preparation(Plan plan, DataProgress progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * Makes the set.
   *
   * @param out a folder that is not there yet
   * @throws TrainingException {@code training.leak} if a split has rows of another; {@code
   *     training.exists} if the folder is there
   */
  public Prepared prepare(List<RawRow> raw, Path out) {
    if (Files.exists(out)) {
      throw exists(out);
    }
    boolean splitsAreGiven = raw.stream().allMatch(row -> row.split().isPresent());
    boolean families = raw.stream().allMatch(row -> row.family().isPresent());
    List<DataRow> rows = new ArrayList<>();
    for (RawRow row : raw) {
      String family =
          row.family()
              .orElseGet(() -> ContentDigest.of(NormalText.of(row.text())).substring(0, 16));
      rows.add(
          new DataRow(
              row.number(),
              "" + row.number(),
              row.text(),
              row.label(),
              family,
              row.subject(),
              row.split().orElseGet(() -> plan.splits().splitOf(family)),
              row.attributes()));
    }
    int before = rows.size();
    rows = withoutDuplicates(rows, splitsAreGiven);
    int duplicates = before - rows.size();
    List<Leak> leaks = leaks(rows);
    // Every round joins at least two families; that ends.
    if (!splitsAreGiven && !families) {
      while (!leaks.isEmpty()) {
        rows = joined(rows, leaks);
        leaks = leaks(rows);
      }
    }
    before = rows.size();
    for (int round = 0; plan.dropLeaks() && round < MOST_ROUNDS && !leaks.isEmpty(); round++) {
      Set<Integer> leaking = new HashSet<>();
      leaks.forEach(leak -> leaking.add(leak.row()));
      rows = rows.stream().filter(row -> !leaking.contains(row.number())).toList();
      leaks = leaks(rows);
    }
    requireNone(leaks);
    if (rows.isEmpty()) {
      throw new TrainingException("no-rows", "no row is left", "Give a file with rows.");
    }
    write(rows, splitsAreGiven, out);
    return new Prepared(DataSet.inspect(out), duplicates, before - rows.size(), skipped);
  }

  private List<Leak> leaks(List<DataRow> rows) {
    RowComparison comparison = RowComparison.of(rows, plan.overlaps(), progress);
    skipped = comparison.skippedComparisons();
    return comparison.leaks();
  }

  /**
   * Of rows that are alike the first stays; where splits are given, the first of each split: across
   * splits it is a leak, and not for us to hide.
   */
  private List<DataRow> withoutDuplicates(List<DataRow> rows, boolean splitsAreGiven) {
    if (!splitsAreGiven) {
      return firsts(rows);
    }
    List<DataRow> kept = new ArrayList<>();
    for (DataSplit split : DataSplit.values()) {
      kept.addAll(firsts(rows.stream().filter(row -> row.split() == split).toList()));
    }
    kept.sort(Comparator.comparingInt(DataRow::number));
    return kept;
  }

  private List<DataRow> firsts(List<DataRow> rows) {
    boolean[] dropped = new boolean[rows.size()];
    for (RowComparison.Pair pair : RowComparison.of(rows, plan.overlaps(), progress).duplicates()) {
      // What equals a row goes where that one goes; what resembles it stays if that one is dropped.
      dropped[pair.second()] |= pair.similarity() == 1 || !dropped[pair.first()];
    }
    return IntStream.range(0, rows.size()).filter(i -> !dropped[i]).mapToObj(rows::get).toList();
  }

  /** Rows that leak into each other become one family, called as that of the first of them. */
  private List<DataRow> joined(List<DataRow> rows, List<Leak> leaks) {
    Map<Integer, Integer> indexOf = new HashMap<>();
    Map<String, Integer> firstOfFamily = new HashMap<>();
    int[] parent = new int[rows.size()];
    for (int i = 0; i < parent.length; i++) {
      indexOf.put(rows.get(i).number(), i);
      parent[i] = firstOfFamily.computeIfAbsent(rows.get(i).family(), family -> -1);
      if (parent[i] < 0) {
        firstOfFamily.put(rows.get(i).family(), i);
        parent[i] = i;
      }
    }
    for (Leak leak : leaks) {
      int a = root(parent, Objects.requireNonNull(indexOf.get(leak.row())));
      int b = root(parent, Objects.requireNonNull(indexOf.get(leak.otherRow())));
      parent[Math.max(a, b)] = Math.min(a, b);
    }
    List<DataRow> joined = new ArrayList<>();
    for (int i = 0; i < parent.length; i++) {
      String family = rows.get(root(parent, i)).family();
      joined.add(in(rows.get(i), family, plan.splits().splitOf(family)));
    }
    return joined;
  }

  private static int root(int[] parent, int row) {
    int root = row;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }

  private static DataRow in(DataRow row, String family, DataSplit split) {
    return new DataRow(
        row.number(),
        row.id(),
        row.text(),
        row.label(),
        family,
        row.subject(),
        split,
        row.attributes());
  }

  private static void requireNone(List<Leak> leaks) {
    if (leaks.isEmpty()) {
      return;
    }
    Leak first = leaks.getFirst();
    throw new TrainingException(
        "leak",
        leaks.size()
            + (leaks.size() == 1 ? " row leaks" : " pairs of rows leak")
            + " from one split into another: row "
            + first.otherRow()
            + " ("
            + first.otherSplit().key()
            + ") and row "
            + first.row()
            + " ("
            + first.split().key()
            + ") are "
            + (first.kind().equals("contained")
                ? "the same in part"
                : first.kind() + " duplicates"),
        "Give rows that belong together one family, or let --drop-leaks take the rows of "
            + first.split().key()
            + " out.");
  }

  private static TrainingException exists(Path out) {
    return new TrainingException(
        "exists", out + " is there already", "Choose another folder, or remove this one.");
  }

  private void write(List<DataRow> rows, boolean splitsAreGiven, Path out) {
    Set<String> attributes = new LinkedHashSet<>();
    rows.forEach(row -> attributes.addAll(row.attributes().keySet()));
    boolean subjects = rows.stream().anyMatch(row -> row.subject().isPresent());
    StringBuilder lines = new StringBuilder();
    for (DataRow row : rows) {
      Map<String, Object> cells = new LinkedHashMap<>();
      cells.put("id", row.id());
      cells.put("text", row.text());
      cells.put("label", row.label());
      cells.put("family", row.family());
      row.subject().ifPresent(subject -> cells.put("subject", subject));
      if (splitsAreGiven) {
        cells.put("split", row.split().key());
      }
      cells.putAll(row.attributes());
      lines.append(JsonMapper.shared().writeValueAsString(cells)).append('\n');
    }
    byte[] content = lines.toString().getBytes(StandardCharsets.UTF_8);
    RowSchema schema =
        new RowSchema(
            plan.task(),
            "text",
            "label",
            labels(rows),
            Optional.of("id"),
            Optional.of("family"),
            subjects ? Optional.of("subject") : Optional.empty(),
            List.copyOf(attributes));
    DataSetManifest manifest =
        new DataSetManifest(
            plan.name(),
            plan.version(),
            ROWS,
            rows.size(),
            ContentDigest.of(content),
            schema,
            plan.purposes(),
            plan.provenance(),
            splitsAreGiven ? new SplitRule.ByColumn("split") : plan.splits());
    write(out, content, manifest);
  }

  private List<String> labels(List<DataRow> rows) {
    if (plan.task() != RowSchema.Task.CLASSIFICATION) {
      return List.of();
    }
    return plan.labels().isEmpty()
        ? rows.stream().map(DataRow::label).distinct().sorted().toList()
        : plan.labels();
  }

  /** Under another name until all of it is there and has been read back. */
  private static void write(Path out, byte[] content, DataSetManifest manifest) {
    Path target = out.toAbsolutePath().normalize();
    Path draft = target.resolveSibling("." + target.getFileName() + ".part");
    try {
      Files.createDirectories(draft);
      Files.write(draft.resolve(ROWS), content);
      Files.write(draft.resolve(DataSetManifest.FILE), manifest.document());
      DataSet.inspect(draft);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      throw exists(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
