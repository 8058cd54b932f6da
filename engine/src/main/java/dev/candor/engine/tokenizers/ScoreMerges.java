package dev.candor.engine.tokenizers;

import java.util.Arrays;

/**
 * SentencePiece's byte-pair encoding (Kudo and Richardson 2018, arXiv 1808.06226): neighbours join
 * if what they spell together is a token, that of the highest score first.
 */
final class ScoreMerges implements MergeRule {

  private final Vocabulary vocabulary;
  // Place of each id among all scores, the highest first; equal scores share a place.
  private final int[] ranks;

  /**
   * @param scores finite, one for each id below the vocabulary's size
   */
  ScoreMerges(Vocabulary vocabulary, float[] scores) {
    this.vocabulary = vocabulary;
    float[] ordered = scores.clone();
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = 0f - ordered[i]; // adding zero makes one zero of the two
    }
    float[] negated = ordered.clone();
    Arrays.sort(ordered);
    int distinct = 0;
    for (int i = 0; i < ordered.length; i++) {
      if (i == 0 || ordered[i] != ordered[i - 1]) {
        ordered[distinct++] = ordered[i];
      }
    }
    ranks = new int[scores.length];
    for (int id = 0; id < ranks.length; id++) {
      ranks[id] = Arrays.binarySearch(ordered, 0, distinct, negated[id]);
    }
  }

  @Override
  public long candidate(SymbolList symbols, byte[] piece, int left, int right) {
    int from = symbols.start(left);
    int id = vocabulary.find(piece, from, from + symbols.length(left) + symbols.length(right));
    return id < 0 ? NONE : (long) ranks[id] << 32 | id;
  }
}
