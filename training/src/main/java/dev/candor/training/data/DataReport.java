package dev.candor.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in a data set.
 *
 * @param name of the set
 * @param version of the set
 * @param digest of the set
 * @param rows how many
 * @param splits rows of each split
 * @param families how many families each split has
 * @param largestFamilies the families with most rows, at most 10, with how many
 * @param labels by label the rows of each split, those with most rows first; of sets with free
 *     answers the 50 most frequent
 * @param distinctLabels how many different labels or answers there are
 * @param balance entropy of the labels as a share of its greatest value: 1 if all are equally
 *     frequent, 0 if there is only one
 * @param characters lengths of the texts
 * @param words lengths of the texts
 * @param exactDuplicates rows whose text an earlier row has as well
 * @param nearDuplicates rows that are nearly an earlier one
 * @param conflictingLabels rows with the text of an earlier one and another label
 * @param missing by column how many rows lack it
 * @param personalData what looks like personal data
 * @param leaks rows in different splits that are the same
 * @param skippedComparisons see {@link RowComparison}
 */
public record DataReport(
    String name,
    String version,
    String digest,
    int rows,
    Map<String, Integer> splits,
    Map<String, Integer> families,
    Map<String, Integer> largestFamilies,
    Map<String, Map<String, Integer>> labels,
    int distinctLabels,
    double balance,
    Lengths characters,
    Lengths words,
    int exactDuplicates,
    int nearDuplicates,
    int conflictingLabels,
    Map<String, Integer> missing,
    PersonalData personalData,
    List<Leak> leaks,
    long skippedComparisons) {

  private static final int MOST_LABELS = 50;
  private static final int MOST_FAMILIES = 10;

  /** Of all leaks, so many are named in JSON. */
  private static final int MOST_LEAKS = 1000;

  /**
   * Lengths of texts.
   *
   * @param least the shortest
   * @param median half are no longer
   * @param ninetyFifth 95 % are no longer
   * @param most the longest
   * @param mean on average
   */
  public record Lengths(int least, int median, int ninetyFifth, int most, double mean) {

    static Lengths of(int[] lengths) {
      int[] sorted = lengths.clone();
      Arrays.sort(sorted);
      int last = sorted.length - 1;
      return new Lengths(
          sorted[0],
          sorted[last / 2],
          sorted[(int) (last * 0.95)],
          sorted[last],
          Arrays.stream(sorted).asLongStream().sum() / (double) sorted.length);
    }

    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("least", least);
      members.put("median", median);
      members.put("p95", ninetyFifth);
      members.put("most", most);
      members.put("mean", mean);
      return members;
    }
  }

  /** Reports on a set. */
  public static DataReport of(DataSet set, OverlapSettings settings, DataProgress progress) {
    List<DataRow> rows = set.rows();
    RowComparison comparison = RowComparison.of(rows, settings, progress);
    Map<String, Integer> splits = new LinkedHashMap<>();
    Map<String, Integer> families = new LinkedHashMap<>();
    for (DataSplit split : DataSplit.values()) {
      List<DataRow> part = set.rows(split);
      splits.put(split.key(), part.size());
      families.put(split.key(), (int) part.stream().map(DataRow::family).distinct().count());
    }
    Map<String, Map<String, Integer>> labels = new TreeMap<>();
    Map<String, Integer> familySizes = new TreeMap<>();
    int[] characters = new int[rows.size()];
    int[] words = new int[rows.size()];
    PersonalData personal = new PersonalData(0, 0, 0, 0);
    for (int i = 0; i < rows.size(); i++) {
      progress.update("counting", i, rows.size());
      DataRow row = rows.get(i);
      labels
          .computeIfAbsent(row.label(), label -> new TreeMap<>())
          .merge(row.split().key(), 1, Integer::sum);
      familySizes.merge(row.family(), 1, Integer::sum);
      characters[i] = row.text().codePointCount(0, row.text().length());
      words[i] = row.text().strip().split("\\s+").length;
      personal = personal.plus(PersonalData.of(row.text() + "\n" + row.label()));
    }
    return new DataReport(
        set.manifest().name(),
        set.manifest().version(),
        set.digest(),
        rows.size(),
        splits,
        families,
        most(familySizes, MOST_FAMILIES, Map.Entry.comparingByValue()),
        most(labels, MOST_LABELS, Comparator.comparingInt(label -> sum(label.getValue()))),
        labels.size(),
        balance(labels, rows.size()),
        Lengths.of(characters),
        Lengths.of(words),
        count(comparison, true),
        count(comparison, false),
        conflicts(rows, comparison),
        missing(set),
        personal,
        comparison.leaks(),
        comparison.skippedComparisons());
  }

  private static <V> Map<String, V> most(
      Map<String, V> all, int count, Comparator<Map.Entry<String, V>> order) {
    Map<String, V> most = new LinkedHashMap<>();
    all.entrySet().stream()
        .sorted(order.reversed())
        .limit(count)
        .forEach(entry -> most.put(entry.getKey(), entry.getValue()));
    return most;
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static double balance(Map<String, Map<String, Integer>> labels, int rows) {
    if (labels.size() < 2) {
      return 0;
    }
    double entropy = 0;
    for (Map<String, Integer> label : labels.values()) {
      double share = sum(label) / (double) rows;
      entropy -= share * StrictMath.log(share);
    }
    return Math.min(1, entropy / StrictMath.log(labels.size()));
  }

  /** A row counts once, however many it is alike to. */
  private static int count(RowComparison comparison, boolean exact) {
    Map<Integer, Boolean> best = new HashMap<>();
    comparison
        .duplicates()
        .forEach(pair -> best.merge(pair.second(), pair.exact(), Boolean::logicalOr));
    return (int) best.values().stream().filter(isExact -> isExact == exact).count();
  }

  private static int conflicts(List<DataRow> rows, RowComparison comparison) {
    return (int)
        comparison.duplicates().stream()
            .filter(RowComparison.Pair::exact)
            .filter(pair -> !rows.get(pair.first()).label().equals(rows.get(pair.second()).label()))
            .count();
  }

  private static Map<String, Integer> missing(DataSet set) {
    RowSchema schema = set.manifest().schema();
    Map<String, Integer> missing = new LinkedHashMap<>();
    schema
        .subject()
        .ifPresent(column ->
            missing.put(
                column, (int) set.rows().stream().filter(row -> row.subject().isEmpty()).count()));
    for (String column : schema.attributes()) {
      missing.put(
          column,
          (int)
              set.rows().stream()
                  .filter(row -> row.attributes().getOrDefault(column, "").toString().isBlank())
                  .count());
    }
    return missing;
  }

  /** Whether no split has rows of another. */
  public boolean isClean() {
    return leaks.isEmpty();
  }

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("version", version);
    members.put("digest", digest);
    members.put("clean", isClean());
    members.put("rows", rows);
    members.put("splits", splits);
    members.put("families", families);
    members.put("largestFamilies", largestFamilies);
    members.put("distinctLabels", distinctLabels);
    members.put("labels", labels);
    members.put("balance", balance);
    members.put("characters", characters.members());
    members.put("words", words.members());
    Map<String, Object> duplicates = new LinkedHashMap<>();
    duplicates.put("exact", exactDuplicates);
    duplicates.put("near", nearDuplicates);
    duplicates.put("conflictingLabels", conflictingLabels);
    duplicates.put("skippedComparisons", skippedComparisons);
    members.put("duplicates", duplicates);
    members.put("missing", missing);
    members.put("personalData", personalData.members());
    members.put("leakCount", leaks.size());
    List<Map<String, Object>> named = new ArrayList<>();
    leaks.stream().limit(MOST_LEAKS).forEach(leak -> named.add(leak.members()));
    members.put("leaks", named);
    return members;
  }
}
