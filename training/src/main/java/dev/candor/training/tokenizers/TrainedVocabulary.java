package dev.candor.training.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Byte-pair tokens: ids 0 to 255 are the bytes, then comes what each merge makes, in the order of
 * the merges, then the special tokens.
 *
 * @param merges pairs of ids, the most frequent first
 * @param specials spellings of the special tokens
 */
public record TrainedVocabulary(List<Merge> merges, List<String> specials) {

  static final int BYTES = 256;

  /** Two tokens, by their ids, that become one. */
  public record Merge(int left, int right) {}

  public TrainedVocabulary {
    merges = List.copyOf(merges);
    specials = List.copyOf(specials);
  }

  /** Tokens of all kinds. */
  public int size() {
    return BYTES + merges.size() + specials.size();
  }

  /** The bytes of each token that is not special, by id. */
  public List<byte[]> pieces() {
    List<byte[]> pieces = new ArrayList<>();
    for (int b = 0; b < BYTES; b++) {
      pieces.add(new byte[] {(byte) b});
    }
    for (Merge merge : merges) {
      byte[] left = pieces.get(merge.left());
      byte[] right = pieces.get(merge.right());
      byte[] joined = Arrays.copyOf(left, left.length + right.length);
      System.arraycopy(right, 0, joined, left.length, right.length);
      pieces.add(joined);
    }
    return pieces;
  }
}
