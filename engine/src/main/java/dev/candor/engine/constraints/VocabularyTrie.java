package dev.candor.engine.constraints;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary by their bytes, as a trie whose nodes lie in the order in which a walk
 * meets them: what a prefix excludes is skipped at once. Immutable and safe for use by many
 * threads.
 */
public final class VocabularyTrie {

  private final int vocabulary;
  private final byte[] label;
  private final short[] depth;

  /** The node behind the subtree. */
  private final int[] behind;

  /**
   * Where the node's own tokens begin in {@link #ids}: none on the way to a longer token, several
   * of the same bytes. They end where the next node's begin.
   */
  private final int[] first;

  private final int[] ids;
  private final byte[][] bytes;
  private final int longest;
  private int nodes;

  /**
   * @param vocabulary how many ids there are
   * @param bytes of each token; empty for those that stand for no text, such as control tokens
   */
  public VocabularyTrie(int vocabulary, IntFunction<byte[]> bytes) {
    this.vocabulary = vocabulary;
    this.bytes = IntStream.range(0, vocabulary).mapToObj(bytes).toArray(byte[][]::new);
    ids =
        IntStream.range(0, vocabulary)
            .filter(id -> this.bytes[id].length > 0)
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(this.bytes[a], this.bytes[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int most = Arrays.stream(ids).map(id -> this.bytes[id].length).sum();
    byte[] labels = new byte[most];
    short[] depths = new short[most];
    int[] firsts = new int[most + 1];
    longest = Arrays.stream(ids).map(id -> this.bytes[id].length).max().orElse(0);
    byte[] before = {};
    for (int i = 0; i < ids.length; i++) {
      byte[] token = this.bytes[ids[i]];
      int shared = Arrays.mismatch(before, token);
      // A token of the same bytes as the one before shares its node.
      for (int d = shared < 0 ? token.length : shared; d < token.length; d++) {
        labels[nodes] = token[d];
        depths[nodes] = (short) (d + 1);
        firsts[nodes] = i;
        nodes++;
      }
      firsts[nodes] = i + 1;
      before = token;
    }
    label = Arrays.copyOf(labels, nodes);
    depth = Arrays.copyOf(depths, nodes);
    first = Arrays.copyOf(firsts, nodes + 1);
    behind = new int[nodes];
    for (int i = nodes - 1; i >= 0; i--) {
      int next = i + 1;
      while (next < nodes && depth[next] > depth[i]) {
        next = behind[next];
      }
      behind[i] = next;
    }
  }

  int vocabulary() {
    return vocabulary;
  }

  /** The bytes that are tokens by themselves: whatever is made of them can be written. */
  BitSet alphabet() {
    BitSet alphabet = new BitSet();
    for (int id : ids) {
      if (bytes[id].length == 1) {
        alphabet.set(bytes[id][0] & 0xFF);
      }
    }
    return alphabet;
  }

  /** Bytes of the longest token. */
  int longest() {
    return longest;
  }

  byte[] bytes(int id) {
    return bytes[id];
  }

  /** What may follow a state: the state behind a byte, or {@link Expressions#NONE}. */
  interface Transitions {
    int after(int state, int b);
  }

  /** Is told of each token that may come, and of the state behind it. */
  interface Visitor {
    void visit(int id, int state);
  }

  /** Goes through all tokens that may come in a state. */
  void walk(int start, Transitions transitions, Visitor visitor) {
    int[] states = new int[longest + 1];
    states[0] = start;
    int node = 0;
    while (node < nodes) {
      int d = depth[node];
      int state = transitions.after(states[d - 1], label[node] & 0xFF);
      if (state == Expressions.NONE) {
        node = behind[node];
        continue;
      }
      states[d] = state;
      for (int i = first[node]; i < first[node + 1]; i++) {
        visitor.visit(ids[i], state);
      }
      node++;
    }
  }

  /** Ids of tokens that together spell the bytes, the longest first each time; empty if none do. */
  int[] spell(byte[] text) {
    IntStream.Builder spelt = IntStream.builder();
    int at = 0;
    while (at < text.length) {
      int best = -1;
      int length = 0;
      int node = 0;
      int d = 1;
      while (node < nodes && depth[node] >= d && at + d <= text.length) {
        if (depth[node] > d) {
          break;
        }
        if (label[node] != text[at + d - 1]) {
          node = behind[node];
          continue;
        }
        if (first[node] < first[node + 1]) {
          best = ids[first[node]];
          length = d;
        }
        node++;
        d++;
      }
      if (best < 0) {
        return new int[0];
      }
      spelt.add(best);
      at += length;
    }
    return spelt.build().toArray();
  }
}
