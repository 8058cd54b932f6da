package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.tokenizers.LiteralRanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Some texts, each spelt as the tokenizer spells it, as a trie. What a model is asked are its
 * *places*: the beginning, and wherever else there are several ways on, the end of the answer being
 * one where a text ends. Where there is one way only, the model need not be asked. Immutable.
 */
final class ChoiceTrie {

  private final LanguageModel language;
  private final int choices;
  private final List<Place> places = new ArrayList<>();

  /**
   * Where the ways part.
   *
   * @param path tokens from the end of the prompt to here; of the first place none
   * @param next tokens of the ways on, ascending
   * @param targets where each leads: to a place, or to a choice as its bitwise complement
   * @param ends the choice that ends here, or −1
   */
  private record Place(int[] path, int[] next, int[] targets, int ends) {

    int ways() {
      return next.length + (ends >= 0 ? 1 : 0);
    }
  }

  /** A token of a text: what may follow, and which text ends here. */
  private static final class Node {
    private final Map<Integer, Node> next = new TreeMap<>();
    private int choice = -1;

    int ways() {
      return next.size() + (choice >= 0 ? 1 : 0);
    }
  }

  /**
   * Of some texts.
   *
   * @throws GenerationException {@code generation.out-of-range} if one is empty or there twice
   */
  ChoiceTrie(LanguageModel language, List<String> choices) {
    this.language = language;
    this.choices = choices.size();
    Node root = new Node();
    for (int i = 0; i < choices.size(); i++) {
      Node node = root;
      for (int id : language.tokenizer().encode(choices.get(i), false, LiteralRanges.ALL)) {
        node = node.next.computeIfAbsent(id, t -> new Node());
      }
      if (node == root || node.choice >= 0) {
        throw new GenerationException(
            "out-of-range",
            "the choice '" + choices.get(i) + "' is empty or there twice",
            "Give different texts to choose from.");
      }
      node.choice = i;
    }
    add(root, List.of());
  }

  /** Adds a place before those that it leads to; returns its number. */
  private int add(Node node, List<Integer> path) {
    int number = places.size();
    int[] next = node.next.keySet().stream().mapToInt(Integer::intValue).toArray();
    int[] targets = new int[next.length];
    places.add(new Place(ids(path), next, targets, node.choice));
    int way = 0;
    for (Map.Entry<Integer, Node> each : node.next.entrySet()) {
      List<Integer> further = new ArrayList<>(path);
      further.add(each.getKey());
      Node there = each.getValue();
      while (there.ways() == 1 && there.choice < 0) {
        Map.Entry<Integer, Node> only = there.next.entrySet().iterator().next();
        further.add(only.getKey());
        there = only.getValue();
      }
      targets[way++] = there.ways() == 1 ? ~there.choice : add(there, further);
    }
    return number;
  }

  private static int[] ids(List<Integer> path) {
    return path.stream().mapToInt(Integer::intValue).toArray();
  }

  /** How many places there are, 1 or more; each comes before those that it leads to. */
  int places() {
    return places.size();
  }

  /** The tokens from the end of the prompt to a place; of the first none. */
  int[] path(int place) {
    return places.get(place).path().clone();
  }

  /**
   * What the ways on from a place are worth, relative to the largest.
   *
   * @param logits of the token behind the place, logits[at … at + vocabulary)
   */
  double[] weights(int place, float[] logits, int at, int vocabulary) {
    Place here = places.get(place);
    double[] exponents = new double[here.ways()];
    int way = 0;
    for (int id : here.next()) {
      exponents[way++] = logits[at + id];
    }
    if (here.ends() >= 0) {
      exponents[way] = endLogit(logits, at, vocabulary);
    }
    double largest = Arrays.stream(exponents).max().orElse(0);
    return Arrays.stream(exponents).map(x -> StrictMath.exp(x - largest)).toArray();
  }

  /** Of all end tokens together. */
  private double endLogit(float[] logits, int at, int vocabulary) {
    float[] ends = new float[vocabulary];
    int count = 0;
    for (int id = 0; id < vocabulary; id++) {
      if (language.isEnd(id)) {
        ends[count++] = logits[at + id];
      }
    }
    return LogProbabilities.logSumExp(ends, count);
  }

  /**
   * The probability of each text, given that the answer is one of them; their sum is 1.
   *
   * @param weights gives those of a place; asked once for each, in their order
   */
  double[] probabilities(IntFunction<double[]> weights) {
    double[] probabilities = new double[choices];
    share(0, 1, weights, probabilities);
    return probabilities;
  }

  private void share(
      int place, double probability, IntFunction<double[]> weights, double[] probabilities) {
    Place here = places.get(place);
    double[] each = weights.apply(place);
    double sum = Arrays.stream(each).sum();
    for (int way = 0; way < here.targets().length; way++) {
      int target = here.targets()[way];
      double part = probability * each[way] / sum;
      if (target < 0) {
        probabilities[~target] = part;
      } else {
        share(target, part, weights, probabilities);
      }
    }
    if (here.ends() >= 0) {
      probabilities[here.ends()] = probability * each[each.length - 1] / sum;
    }
  }
}
