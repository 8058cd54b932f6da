package dev.candor.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds texts that are the same, and texts that are nearly so: MinHash over shingles of words
 * (Broder 1997), locality-sensitive hashing in bands (Leskovec, Rajaraman and Ullman, Mining of
 * Massive Datasets, section 3.4), then the true Jaccard similarity of each pair that shares a band.
 * What it finds is a function of the texts and the settings alone.
 *
 * <p>A pair of exactly the least similarity is missed with a probability below 1 in 1,000; one that
 * is more alike, more rarely.
 */
final class Duplicates {

  private static final int MOST_HASHES = 128;
  private static final double MOST_MISSED = 1e-3;

  /** Of a bucket, a text is compared with so many before it. */
  static final int MOST_NEIGHBOURS = 256;

  /**
   * @param pairs each with the lower index first, sorted by the second, then the first
   * @param skipped comparisons that were not made because too many texts shared a band
   */
  record Found(List<Overlap> pairs, long skipped) {}

  private final OverlapSettings settings;
  private final int rowsOfBand;
  private final int bands;
  private final long[] factors;
  private final long[] terms;

  Duplicates(OverlapSettings settings) {
    this.settings = settings;
    this.rowsOfBand = rowsOfBand(settings.similarity());
    this.bands = MOST_HASHES / rowsOfBand;
    this.factors = new long[bands * rowsOfBand];
    this.terms = new long[bands * rowsOfBand];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = NormalText.mixed(2L * i + 1) | 1;
      terms[i] = NormalText.mixed(2L * i + 2);
    }
  }

  /** As many rows as leave few pairs out: a pair of similarity s shares a band of r with s^r. */
  private static int rowsOfBand(double similarity) {
    for (int rows = 12; rows > 1; rows--) {
      double missed =
          StrictMath.pow(1 - StrictMath.pow(similarity, rows), MOST_HASHES / (double) rows);
      if (missed <= MOST_MISSED) {
        return rows;
      }
    }
    return 1;
  }

  /** All pairs among the texts. */
  Found find(List<String> normals, DataProgress progress) {
    List<Overlap> pairs = new ArrayList<>();
    Map<String, Integer> first = new HashMap<>();
    Map<ShingleSet, Integer> firstSet = new HashMap<>();
    List<ShingleSet> sets = new ArrayList<>();
    int[] indexOfSet = new int[normals.size()];
    for (int i = 0; i < normals.size(); i++) {
      progress.update("finding duplicates", i, normals.size());
      Integer same = first.putIfAbsent(normals.get(i), i);
      if (same != null) {
        pairs.add(new Overlap(Overlap.Kind.EXACT, same, i, 1));
        continue;
      }
      ShingleSet set = shingles(NormalText.words(normals.get(i)));
      Integer alike = firstSet.putIfAbsent(set, i);
      if (alike != null) {
        pairs.add(new Overlap(Overlap.Kind.NEAR, alike, i, 1));
      } else {
        indexOfSet[sets.size()] = i;
        sets.add(set);
      }
    }
    long skipped = similarity(sets, indexOfSet, pairs, progress);
    pairs.sort((a, b) ->
        a.second() != b.second()
            ? Integer.compare(a.second(), b.second())
            : Integer.compare(a.first(), b.first()));
    return new Found(pairs, skipped);
  }

  private long similarity(
      List<ShingleSet> sets, int[] indexOfSet, List<Overlap> pairs, DataProgress progress) {
    long[][] bandsOf = new long[sets.size()][];
    for (int i = 0; i < bandsOf.length; i++) {
      progress.update("hashing rows", i, bandsOf.length);
      bandsOf[i] = bands(sets.get(i).hashes());
    }
    long skipped = 0;
    for (int band = 0; band < bands; band++) {
      progress.update("comparing rows", band, bands);
      Map<Long, Bucket> buckets = new HashMap<>();
      for (int i = 0; i < bandsOf.length; i++) {
        Bucket bucket = buckets.computeIfAbsent(bandsOf[i][band], key -> new Bucket());
        int held = Math.min(bucket.size, MOST_NEIGHBOURS);
        for (int k = 0; k < held; k++) {
          compare(bucket.sets[k], i, band, bandsOf, sets, indexOfSet, pairs);
        }
        skipped += bucket.size - held;
        bucket.add(i);
      }
    }
    return skipped;
  }

  private void compare(
      int a,
      int b,
      int band,
      long[][] bandsOf,
      List<ShingleSet> sets,
      int[] indexOfSet,
      List<Overlap> pairs) {
    for (int earlier = 0; earlier < band; earlier++) {
      if (bandsOf[a][earlier] == bandsOf[b][earlier]) {
        return; // Compared there.
      }
    }
    double similarity = jaccard(sets.get(a).hashes(), sets.get(b).hashes());
    if (similarity >= settings.similarity()) {
      pairs.add(new Overlap(Overlap.Kind.NEAR, indexOfSet[a], indexOfSet[b], similarity));
    }
  }

  private ShingleSet shingles(long[] words) {
    int length = Math.min(settings.shingleWords(), words.length);
    long[] hashes = new long[words.length - length + 1];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = NormalText.run(words, i, length);
    }
    Arrays.sort(hashes);
    int distinct = 0;
    for (int i = 0; i < hashes.length; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    return new ShingleSet(Arrays.copyOf(hashes, distinct));
  }

  /** The least value of each hash function over the shingles, put together in bands. */
  private long[] bands(long[] hashes) {
    long[] result = new long[bands];
    for (int band = 0; band < bands; band++) {
      long together = band;
      for (int row = 0; row < rowsOfBand; row++) {
        long factor = factors[band * rowsOfBand + row];
        long term = terms[band * rowsOfBand + row];
        long least = Long.MAX_VALUE;
        for (long hash : hashes) {
          least = Math.min(least, hash * factor + term);
        }
        together = NormalText.mixed(together * 31 + least);
      }
      result[band] = together;
    }
    return result;
  }

  /** Of two sorted sets: common elements as a share of all. */
  static double jaccard(long[] a, long[] b) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        common++;
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    return common / (double) (a.length + b.length - common);
  }

  /** Sorted hashes, each once; equal to another with the same ones. */
  private record ShingleSet(long[] hashes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof ShingleSet(long[] others) && Arrays.equals(hashes, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(hashes);
    }
  }

  /** The last sets that share a band. */
  private static final class Bucket {
    int[] sets = new int[1];
    int size;

    /** The oldest makes room: neighbours in a file are more often alike. */
    void add(int set) {
      if (size == sets.length && size < MOST_NEIGHBOURS) {
        sets = Arrays.copyOf(sets, 2 * size);
      }
      sets[size++ % MOST_NEIGHBOURS] = set;
    }
  }
}
