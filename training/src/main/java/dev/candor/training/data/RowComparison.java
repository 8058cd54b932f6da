package dev.candor.training.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * All that is the same among rows, within splits and across them.
 *
 * @param duplicates pairs of rows, by their index, wherever they are, the later row second; of
 *     several equal rows each comes with the first
 * @param leaks pairs in different splits that are the same, nearly so, or have a long run of words
 *     in common
 * @param skippedComparisons pairs that might be near duplicates but were not compared, because more
 *     than 256 rows are alike in the same way; 0 means that nothing was left out
 */
public record RowComparison(List<Pair> duplicates, List<Leak> leaks, long skippedComparisons) {

  /**
   * Two rows with the same text, or nearly so.
   *
   * @param first index of the one
   * @param second index of the later one
   * @param exact whether their normal texts are equal
   * @param similarity Jaccard similarity of their shingles
   */
  public record Pair(int first, int second, boolean exact, double similarity) {}

  public RowComparison {
    duplicates = List.copyOf(duplicates);
    leaks = List.copyOf(leaks);
  }

  /** Compares the rows of one set. */
  public static RowComparison of(
      List<DataRow> rows, OverlapSettings settings, DataProgress progress) {
    List<String> normals = new ArrayList<>(rows.size());
    for (DataRow row : rows) {
      progress.update("reading rows", normals.size(), rows.size());
      normals.add(NormalText.of(row.text()));
    }
    Duplicates.Found found = new Duplicates(settings).find(normals, progress);
    Leaks leaks = new Leaks(rows, normals);
    leaks.addAlike(found.pairs());
    List<long[]> words = normals.stream().map(NormalText::words).toList();
    ContainedRuns runs = new ContainedRuns(settings);
    for (DataSplit held : DataSplit.values()) {
      for (DataSplit from : DataSplit.values()) {
        if (from.compareTo(held) < 0) {
          runs.find(words, indices(rows, from), indices(rows, held), progress)
              .forEach(
                  pair -> leaks.add(pair.kind(), pair.first(), pair.second(), pair.similarity()));
        }
      }
    }
    List<Pair> duplicates =
        found.pairs().stream()
            .map(pair ->
                new Pair(
                    pair.first(),
                    pair.second(),
                    pair.kind() == Overlap.Kind.EXACT,
                    pair.similarity()))
            .toList();
    return new RowComparison(duplicates, leaks.sorted(), found.skipped());
  }

  /**
   * Looks for rows of one set in another.
   *
   * @param training rows that a model is made from, whatever split they are in
   * @param held rows that it must not have seen
   * @return leaks with the numbers of the training row and of the held row
   */
  public static List<Leak> leaks(
      List<DataRow> training, List<DataRow> held, OverlapSettings settings, DataProgress progress) {
    List<DataRow> rows = new ArrayList<>(training.size() + held.size());
    training.forEach(row -> rows.add(in(row, DataSplit.TRAIN)));
    held.forEach(row -> rows.add(in(row, DataSplit.TEST)));
    return of(rows, settings, progress).leaks();
  }

  private static DataRow in(DataRow row, DataSplit split) {
    return new DataRow(
        row.number(),
        row.id(),
        row.text(),
        row.label(),
        row.family(),
        row.subject(),
        split,
        row.attributes());
  }

  private static int[] indices(List<DataRow> rows, DataSplit split) {
    return IntStream.range(0, rows.size()).filter(i -> rows.get(i).split() == split).toArray();
  }

  /** The leaks found so far; a pair is named once, for the first reason. */
  private static final class Leaks {
    private final List<DataRow> rows;
    private final List<String> normals;
    private final Set<Long> known = new HashSet<>();
    private final List<Leak> leaks = new ArrayList<>();

    Leaks(List<DataRow> rows, List<String> normals) {
      this.rows = rows;
      this.normals = normals;
    }

    /**
     * Adds a leak for each row held back that is alike to one nearer to training. Rows that are
     * equal come as pairs with the first of them, whatever its split: they are one class, and
     * classes are compared.
     */
    void addAlike(List<Overlap> pairs) {
      int[] classOf = IntStream.range(0, rows.size()).toArray();
      List<List<Integer>> members = new ArrayList<>();
      IntStream.range(0, rows.size()).forEach(i -> members.add(new ArrayList<>(List.of(i))));
      for (Overlap pair : pairs) {
        if (pair.similarity() == 1) {
          classOf[pair.second()] = classOf[pair.first()];
          members.get(classOf[pair.first()]).add(pair.second());
        }
      }
      for (int i = 0; i < classOf.length; i++) {
        if (classOf[i] == i && members.get(i).size() > 1) {
          addAcross(members.get(i), members.get(i), 1);
        }
      }
      for (Overlap pair : pairs) {
        if (pair.similarity() < 1) {
          List<Integer> a = members.get(classOf[pair.first()]);
          List<Integer> b = members.get(classOf[pair.second()]);
          addAcross(a, b, pair.similarity());
          addAcross(b, a, pair.similarity());
        }
      }
    }

    /** For each held row, the first row of each split that is nearer to training. */
    private void addAcross(List<Integer> training, List<Integer> held, double similarity) {
      for (DataSplit split : DataSplit.values()) {
        training.stream()
            .filter(row -> rows.get(row).split() == split)
            .findFirst()
            .ifPresent(row -> {
              for (int other : held) {
                if (split.compareTo(rows.get(other).split()) < 0) {
                  boolean exact = normals.get(row).equals(normals.get(other));
                  add(exact ? Overlap.Kind.EXACT : Overlap.Kind.NEAR, row, other, similarity);
                }
              }
            });
      }
    }

    void add(Overlap.Kind kind, int row, int held, double similarity) {
      if (known.add(((long) row << 32) | held)) {
        DataRow a = rows.get(row);
        DataRow b = rows.get(held);
        leaks.add(new Leak(kind.key(), a.number(), a.split(), b.number(), b.split(), similarity));
      }
    }

    List<Leak> sorted() {
      leaks.sort(
          Comparator.comparingInt(Leak::otherRow)
              .thenComparingInt(Leak::row)
              .thenComparing(Leak::split));
      return leaks;
    }
  }
}
