package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.malformed;
import static dev.candor.engine.tokenizers.TokenizerLimits.quoted;

import dev.candor.engine.TokenizerException;

/**
 * Takes merges by the spellings of their tokens, all of which must be in the vocabulary. A
 * vocabulary has a merge for nearly every token, each with three to look up, so no strings are made
 * of them.
 */
final class MergeReader {

  private final Vocabulary vocabulary;
  private final int prefixLength;
  private final PairMerges merges;
  private byte[] bytes = new byte[1024];

  /**
   * @param prefixLength chars of the subword prefix that a right token has and a result has not
   * @param expected about how many merges will come
   */
  MergeReader(Vocabulary vocabulary, int prefixLength, int expected) {
    this.vocabulary = vocabulary;
    this.prefixLength = prefixLength;
    this.merges = new PairMerges(expected);
  }

  /** Those that were taken. */
  PairMerges merges() {
    return merges;
  }

  /** Takes the merge of two tokens that a line has on both sides of the space there. */
  void add(String line, int space, int rank) {
    add(line, 0, space, line, space + 1, line.length(), rank);
  }

  /** Takes the merge of two tokens. */
  void add(String left, String right, int rank) {
    add(left, 0, left.length(), right, 0, right.length(), rank);
  }

  private void add(
      String left, int leftFrom, int leftTo, String right, int rightFrom, int rightTo, int rank) {
    if (rightTo - rightFrom < prefixLength) {
      throw malformed(
          "merge "
              + rank
              + ": "
              + quoted(right.substring(rightFrom, rightTo))
              + " lacks the subword prefix");
    }
    merges.add(
        find(left, leftFrom, leftTo, "", 0, 0, rank),
        find(right, rightFrom, rightTo, "", 0, 0, rank),
        rank,
        find(left, leftFrom, leftTo, right, rightFrom + prefixLength, rightTo, rank));
  }

  /** The id of the token that is spelt by part of one text, then by part of another. */
  private int find(String a, int aFrom, int aTo, String b, int bFrom, int bTo, int rank) {
    int room = 3 * (aTo - aFrom + bTo - bFrom);
    if (bytes.length < room) {
      bytes = new byte[room];
    }
    int middle = vocabulary.encode(a, aFrom, aTo, bytes, 0);
    int end = middle < 0 ? -1 : vocabulary.encode(b, bFrom, bTo, bytes, middle);
    int id = end < 0 ? -1 : vocabulary.find(bytes, 0, end);
    if (id >= 0) {
      return id;
    }
    // What is not found so may still be a token that no text can give.
    String spelling = a.substring(aFrom, aTo) + b.substring(bFrom, bTo);
    return vocabulary
        .id(spelling)
        .orElseThrow(() ->
            new TokenizerException(
                "out-of-vocabulary",
                "merge " + rank + ": " + quoted(spelling) + " is not in the vocabulary",
                "Use the tokenizer as its authors published it."));
  }
}
