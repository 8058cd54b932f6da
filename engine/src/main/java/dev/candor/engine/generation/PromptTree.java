package dev.candor.engine.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of tokens by what they begin with, so that what several have in common is read once.
 *
 * @param root what all begin with, perhaps nothing
 * @param tokens how many tokens are read in all
 * @param longest tokens of the longest sequence
 */
record PromptTree(Node root, long tokens, int longest) {

  /**
   * A piece that is read without a branch.
   *
   * @param sequence one of those that hold the piece
   * @param from where it begins in that sequence, and in all others that hold it
   * @param to where it ends
   * @param ending which sequences end with it: logits are wanted there
   * @param next what may follow, the pieces that are followed themselves first
   */
  record Node(int[] sequence, int from, int to, List<Integer> ending, List<Node> next) {}

  /** The tree of some sequences, none empty; the same one may be there twice. */
  static PromptTree of(List<int[]> sequences) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> Arrays.compare(sequences.get(a), sequences.get(b)));
    Builder builder = new Builder(sequences);
    Node root = builder.node(order, 0);
    return new PromptTree(
        root, builder.tokens, sequences.stream().mapToInt(it -> it.length).max().orElse(0));
  }

  private static final class Builder {
    private final List<int[]> sequences;
    private long tokens;

    Builder(List<int[]> sequences) {
      this.sequences = sequences;
    }

    /**
     * @param order of sequences that agree up to {@code from}, in the order of their tokens
     */
    Node node(List<Integer> order, int from) {
      int[] first = sequences.get(order.getFirst());
      int[] last = sequences.get(order.getLast());
      int mismatch = Arrays.mismatch(first, last);
      int to = mismatch < 0 ? first.length : mismatch;
      tokens += to - from;
      int at = 0;
      List<Integer> ending = new ArrayList<>();
      while (at < order.size() && sequences.get(order.get(at)).length == to) {
        ending.add(order.get(at++));
      }
      List<Node> followed = new ArrayList<>();
      List<Node> leaves = new ArrayList<>();
      while (at < order.size()) {
        int end = at + 1;
        int token = sequences.get(order.get(at))[to];
        while (end < order.size() && sequences.get(order.get(end))[to] == token) {
          end++;
        }
        Node next = node(order.subList(at, end), to);
        (next.next().isEmpty() ? leaves : followed).add(next);
        at = end;
      }
      followed.addAll(leaves);
      return new Node(first, from, to, List.copyOf(ending), List.copyOf(followed));
    }
  }
}
