package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.Constraint;
import java.util.List;
import java.util.Optional;

/**
 * One answer to generate from what the session holds.
 *
 * @param sampling how tokens are chosen
 * @param maximumTokens most tokens to generate, 1 or more
 * @param stopStrings generation ends before the first of these in the text; at most 16, each 1 to
 *     1,024 characters
 * @param ignoreEndOfText whether to go on past the model's end tokens (benchmarks, golden outputs)
 * @param topLogprobs how many of the most likely tokens to report with each token, 0 to 20; −1 for
 *     no logprobs at all
 * @param speculation whether tokens are verified several at a time; the answer is the same
 * @param constraint what the answer may be; an answer that is not stopped from outside fits
 * @param logitsDigest whether {@link Answer#logitsDigest} is wanted
 */
public record GenerationRequest(
    SamplingOptions sampling,
    int maximumTokens,
    List<String> stopStrings,
    boolean ignoreEndOfText,
    int topLogprobs,
    Speculation speculation,
    Optional<Constraint> constraint,
    boolean logitsDigest) {

  public GenerationRequest {
    if (maximumTokens < 1) {
      throw new GenerationException(
          "out-of-range",
          "maximum-tokens is " + maximumTokens + ", allowed is 1 or more",
          "Ask for at least one token (--max-tokens).");
    }
    if (stopStrings.size() > 16) {
      throw new GenerationException(
          "out-of-range",
          stopStrings.size() + " stop strings, allowed are 16",
          "Give fewer stop strings.");
    }
    for (String stop : stopStrings) {
      if (stop.isEmpty() || stop.length() > 1024) {
        throw new GenerationException(
            "out-of-range",
            "a stop string has " + stop.length() + " characters, allowed are 1 to 1024",
            "Correct the stop string.");
      }
    }
    if (topLogprobs < -1 || topLogprobs > 20) {
      throw new GenerationException(
          "out-of-range",
          "top-logprobs is " + topLogprobs + ", allowed is -1 to 20",
          "Give top-logprobs within the limits.");
    }
    stopStrings = List.copyOf(stopStrings);
  }

  /** With speculation where it has been paying, no constraint, and no digest. */
  public GenerationRequest(
      SamplingOptions sampling,
      int maximumTokens,
      List<String> stopStrings,
      boolean ignoreEndOfText,
      int topLogprobs) {
    this(
        sampling,
        maximumTokens,
        stopStrings,
        ignoreEndOfText,
        topLogprobs,
        Speculation.AUTO,
        Optional.empty(),
        false);
  }

  /** The same, and the answer is one of these. */
  public GenerationRequest within(Constraint allowed) {
    return new GenerationRequest(
        sampling,
        maximumTokens,
        stopStrings,
        ignoreEndOfText,
        topLogprobs,
        speculation,
        Optional.of(allowed),
        logitsDigest);
  }

  /** The same with another way to it. */
  public GenerationRequest with(Speculation way) {
    return new GenerationRequest(
        sampling,
        maximumTokens,
        stopStrings,
        ignoreEndOfText,
        topLogprobs,
        way,
        constraint,
        logitsDigest);
  }

  /** The same, and the answer has a digest of the logits it was chosen from. */
  public GenerationRequest withLogitsDigest() {
    return new GenerationRequest(
        sampling,
        maximumTokens,
        stopStrings,
        ignoreEndOfText,
        topLogprobs,
        speculation,
        constraint,
        true);
  }

  /** The most likely tokens, until the model ends or so many are there. */
  public static GenerationRequest greedy(int maximumTokens) {
    return new GenerationRequest(SamplingOptions.GREEDY, maximumTokens, List.of(), false, -1);
  }
}
