package dev.candor.training.data;

import java.util.Locale;

/**
 * Two texts that are the same, or nearly so.
 *
 * @param kind how they are the same
 * @param first the index of the one
 * @param second the index of the other, which comes later
 * @param similarity of near duplicates the Jaccard similarity of their shingles; of contained runs
 *     the share of the second's runs that are in the first; 1 for the same text
 */
record Overlap(Kind kind, int first, int second, double similarity) {

  /** How two texts can be the same. */
  enum Kind {
    /** Their normal forms are equal. */
    EXACT,
    /** Most of their shingles are the same. */
    NEAR,
    /** A long run of words is in both. */
    CONTAINED;

    /** As reports call it. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
