package dev.candor.training.tokenizers;

import dev.candor.training.TrainingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Byte-pair encoding (Sennrich et al. 2016) over bytes: again and again the most frequent pair of
 * neighbours becomes a token. Of pairs equally frequent, that with the smaller bytes comes first,
 * the left token's before the right one's; so the same texts give the same vocabulary in any order.
 */
public final class BytePairTrainer {

  /** Largest vocabulary: pairs are counted in a table with a row and a column for each token. */
  public static final int MOST_TOKENS = 8192;

  private final Map<String, Integer> counts = new TreeMap<>();

  /** Counts what a text consists of. */
  public void add(String text) {
    PieceSplitter.split(text, piece -> counts.merge(piece, 1, Math::addExact));
  }

  /**
   * Learns the merges from the texts so far.
   *
   * @param size tokens of all kinds
   * @param specials spellings of the special tokens
   * @throws TrainingException if the size does not fit, or if too few pairs occur twice
   */
  public TrainedVocabulary train(int size, List<String> specials) {
    int wanted = size - TrainedVocabulary.BYTES - specials.size();
    if (wanted < 0 || size > MOST_TOKENS) {
      throw new TrainingException(
          "vocabulary-size",
          "a vocabulary of "
              + size
              + " tokens; allowed are "
              + (TrainedVocabulary.BYTES + specials.size())
              + " to "
              + MOST_TOKENS,
          "Choose a size between these.");
    }
    return new Merging(size).run(wanted, specials);
  }

  /** One run: the pieces as ids, and how often which two are neighbours. */
  private final class Merging {
    private final int tokens;
    private final int[][] pieces;
    private final int[] occurrences;
    private final long[] pairs;
    private final List<byte[]> bytes = new ArrayList<>();

    Merging(int tokens) {
      this.tokens = tokens;
      pieces = new int[counts.size()][];
      occurrences = new int[counts.size()];
      pairs = new long[Math.multiplyExact(tokens, tokens)];
      int next = 0;
      for (Map.Entry<String, Integer> entry : counts.entrySet()) {
        byte[] utf8 = entry.getKey().getBytes(StandardCharsets.UTF_8);
        pieces[next] = new int[utf8.length];
        for (int i = 0; i < utf8.length; i++) {
          pieces[next][i] = utf8[i] & 0xFF;
        }
        occurrences[next] = entry.getValue();
        count(pieces[next], entry.getValue());
        next++;
      }
      for (int b = 0; b < TrainedVocabulary.BYTES; b++) {
        bytes.add(new byte[] {(byte) b});
      }
    }

    TrainedVocabulary run(int wanted, List<String> specials) {
      List<TrainedVocabulary.Merge> merges = new ArrayList<>();
      while (merges.size() < wanted) {
        TrainedVocabulary.Merge best = mostFrequent();
        merges.add(best);
        apply(best);
      }
      return new TrainedVocabulary(merges, specials);
    }

    private void count(int[] piece, long sign) {
      for (int i = 1; i < piece.length; i++) {
        pairs[piece[i - 1] * tokens + piece[i]] += sign;
      }
    }

    private TrainedVocabulary.Merge mostFrequent() {
      int best = -1;
      long most = 1;
      for (int left = 0; left < bytes.size(); left++) {
        for (int right = 0; right < bytes.size(); right++) {
          int pair = left * tokens + right;
          if (pairs[pair] > most || pairs[pair] == most && best >= 0 && isBefore(pair, best)) {
            best = pair;
            most = pairs[pair];
          }
        }
      }
      if (best < 0) {
        throw new TrainingException(
            "too-little-text",
            "no pair of tokens occurs twice after "
                + (bytes.size() - TrainedVocabulary.BYTES)
                + " merges",
            "Give more text, or choose a smaller vocabulary.");
      }
      return new TrainedVocabulary.Merge(best / tokens, best % tokens);
    }

    private boolean isBefore(int pair, int other) {
      int order = Arrays.compareUnsigned(bytes.get(pair / tokens), bytes.get(other / tokens));
      return order != 0
          ? order < 0
          : Arrays.compareUnsigned(bytes.get(pair % tokens), bytes.get(other % tokens)) < 0;
    }

    private void apply(TrainedVocabulary.Merge merge) {
      int made = bytes.size();
      byte[] left = bytes.get(merge.left());
      byte[] right = bytes.get(merge.right());
      byte[] joined = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, joined, left.length, right.length);
      bytes.add(joined);
      for (int p = 0; p < pieces.length; p++) {
        int[] merged = merge(pieces[p], merge, made);
        if (merged.length < pieces[p].length) {
          count(pieces[p], -occurrences[p]);
          pieces[p] = merged;
          count(merged, occurrences[p]);
        }
      }
    }

    private static int[] merge(int[] piece, TrainedVocabulary.Merge merge, int made) {
      int[] merged = new int[piece.length];
      int size = 0;
      for (int i = 0; i < piece.length; i++) {
        boolean joins =
            i + 1 < piece.length && piece[i] == merge.left() && piece[i + 1] == merge.right();
        merged[size++] = joins ? made : piece[i];
        i += joins ? 1 : 0;
      }
      return size == piece.length ? piece : Arrays.copyOf(merged, size);
    }
  }
}
