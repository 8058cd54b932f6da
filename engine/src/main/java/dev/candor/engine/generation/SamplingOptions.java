package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import java.util.Map;

/**
 * How the next token is chosen from the logits. Applied in this order: logit bias, penalties,
 * temperature, top-k, top-p, min-p, then a draw. A temperature of 0 takes the largest logit after
 * bias and penalties (the lowest id among equals).
 *
 * @param temperature 0 (greedy) to 100
 * @param topK keep the k most likely; 0 for all
 * @param topP keep the smallest set whose probability reaches p, in (0, 1]; 1 for all
 * @param minP drop what is less likely than p times the most likely, in [0, 1]; 0 for none
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens in the context
 *     (CTRL, arXiv 1909.05858), in (0, 100]; 1 for none
 * @param presencePenalty subtracted once from the logits of generated tokens, in [−100, 100]
 * @param frequencyPenalty subtracted per occurrence from the logits of generated tokens, in [−100,
 *     100]
 * @param logitBias added to the logits of these ids
 * @param seed of the draws; the same seed gives the same tokens
 */
public record SamplingOptions(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> logitBias,
    long seed) {

  /** Always the most likely token. */
  public static final SamplingOptions GREEDY =
      new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);

  public SamplingOptions {
    require("temperature", temperature, 0, 100);
    if (topK < 0) {
      throw new GenerationException(
          "out-of-range", "top-k is " + topK + ", allowed is 0 or more", "Give 0 for all tokens.");
    }
    require("top-p", topP, Float.MIN_VALUE, 1);
    require("min-p", minP, 0, 1);
    require("repetition-penalty", repetitionPenalty, Float.MIN_VALUE, 100);
    require("presence-penalty", presencePenalty, -100, 100);
    require("frequency-penalty", frequencyPenalty, -100, 100);
    for (Map.Entry<Integer, Float> entry : logitBias.entrySet()) {
      require("logit-bias of " + entry.getKey(), entry.getValue(), -1000, 1000);
    }
    logitBias = Map.copyOf(logitBias);
  }

  private static void require(String field, float value, float minimum, float maximum) {
    if (!(value >= minimum && value <= maximum)) {
      throw new GenerationException(
          "out-of-range",
          field + " is " + value + ", allowed is " + minimum + " to " + maximum,
          "Give a " + field + " within the limits.");
    }
  }
}
