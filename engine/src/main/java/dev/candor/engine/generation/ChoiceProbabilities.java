package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.tokenizers.LiteralRanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The probability of each of some texts as the whole answer, given that it is one of them. The
 * texts' tokens form a trie; at each node the model's probabilities are shared out among the ways
 * on, the end of the answer being one where a text ends. Where there is one way only, the model
 * need not be asked.
 */
final class ChoiceProbabilities {

  private final LanguageModel language;
  private final Function<int[], float[]> logitsBehind;

  /** A place in the texts: what may follow, and which text ends here. */
  private static final class Node {
    private final Map<Integer, Node> next = new TreeMap<>();
    private int choice = -1;

    int ways() {
      return next.size() + (choice >= 0 ? 1 : 0);
    }
  }

  /**
   * @param logitsBehind gives, for a continuation, the logits behind each of its tokens, [tokens,
   *     vocabulary]
   */
  ChoiceProbabilities(LanguageModel language, Function<int[], float[]> logitsBehind) {
    this.language = language;
    this.logitsBehind = logitsBehind;
  }

  /**
   * @param logits of the token behind the prompt, [vocabulary]
   */
  double[] of(List<String> choices, float[] logits) {
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
    double[] probabilities = new double[choices.size()];
    share(root, 1, logits, new int[0], probabilities);
    return probabilities;
  }

  private void share(
      Node node, double probability, float[] logits, int[] path, double[] probabilities) {
    double[] weights = weights(node, logits);
    double sum = Arrays.stream(weights).sum();
    int way = 0;
    for (Map.Entry<Integer, Node> next : node.next.entrySet()) {
      descend(
          next.getKey(), next.getValue(), probability * weights[way++] / sum, path, probabilities);
    }
    if (node.choice >= 0) {
      probabilities[node.choice] = probability * weights[way] / sum;
    }
  }

  /** Goes on to the next place where there are several ways, and asks what the model says there. */
  private void descend(int id, Node first, double probability, int[] path, double[] probabilities) {
    List<Integer> tokens = new ArrayList<>(Arrays.stream(path).boxed().toList());
    tokens.add(id);
    Node node = first;
    while (node.ways() == 1 && node.choice < 0) {
      Map.Entry<Integer, Node> only = node.next.entrySet().iterator().next();
      tokens.add(only.getKey());
      node = only.getValue();
    }
    if (node.ways() == 1) {
      probabilities[node.choice] = probability;
      return;
    }
    int[] continuation = tokens.stream().mapToInt(Integer::intValue).toArray();
    float[] behind = logitsBehind.apply(continuation);
    int vocabulary = behind.length / continuation.length;
    float[] last = Arrays.copyOfRange(behind, behind.length - vocabulary, behind.length);
    share(node, probability, last, continuation, probabilities);
  }

  /** Of each way on, and of the end if a text ends here; relative to the largest. */
  private double[] weights(Node node, float[] logits) {
    double[] exponents = new double[node.ways()];
    int way = 0;
    for (int id : node.next.keySet()) {
      exponents[way++] = logits[id];
    }
    if (node.choice >= 0) {
      exponents[way] = endLogit(logits);
    }
    double largest = Arrays.stream(exponents).max().orElse(0);
    return Arrays.stream(exponents).map(x -> StrictMath.exp(x - largest)).toArray();
  }

  /** Of all end tokens together. */
  private double endLogit(float[] logits) {
    float[] ends = new float[logits.length];
    int count = 0;
    for (int id = 0; id < logits.length; id++) {
      if (language.isEnd(id)) {
        ends[count++] = logits[id];
      }
    }
    return LogProbabilities.logSumExp(ends, count);
  }
}
