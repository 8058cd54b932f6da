package dev.candor.cli;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Speculation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how an answer is chosen. What is not given is the model's own advice. */
final class SamplingArguments {

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Most tokens to generate (default: ${DEFAULT-VALUE}).")
  int maximumTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 takes the most likely token; higher is more varied.")
  @Nullable Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K most likely tokens; 0 for all.")
  @Nullable Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Draw from the most likely tokens that together have probability P.")
  @Nullable Float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Drop tokens less likely than P times the most likely.")
  @Nullable Float minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1, tokens that are in the context become less likely.")
  @Nullable Float repetitionPenalty;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      description = "Subtracted once from the logits of tokens in the answer.")
  @Nullable Float presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      description = "Subtracted from the logits of tokens in the answer for each occurrence.")
  @Nullable Float frequencyPenalty;

  @Option(
      names = "--logit-bias",
      paramLabel = "ID=X",
      split = ",",
      description = "Added to the logit of a token id, such as 42=-100; may be repeated.")
  @Nullable Map<Integer, Float> logitBias;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Of the draws: the same seed gives the same answer (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the answer before this text; may be repeated.")
  List<String> stop = List.of();

  @Option(
      names = "--speculate",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Verify several tokens at once that the context suggests: auto (where it pays), always or"
              + " off. The answer is the same (default: ${DEFAULT-VALUE}).")
  Speculation speculation = Speculation.AUTO;

  /** The model's advice, with what was given in its place. */
  SamplingOptions over(SamplingOptions advice) {
    return new SamplingOptions(
        temperature == null ? advice.temperature() : temperature,
        topK == null ? advice.topK() : topK,
        topP == null ? advice.topP() : topP,
        minP == null ? advice.minP() : minP,
        repetitionPenalty == null ? advice.repetitionPenalty() : repetitionPenalty,
        presencePenalty == null ? advice.presencePenalty() : presencePenalty,
        frequencyPenalty == null ? advice.frequencyPenalty() : frequencyPenalty,
        logitBias == null ? advice.logitBias() : logitBias,
        seed);
  }

  /**
   * What to ask of a session.
   *
   * @param topLogprobs as {@link GenerationRequest#topLogprobs}
   */
  GenerationRequest request(SamplingOptions advice, int topLogprobs) {
    return new GenerationRequest(over(advice), maximumTokens, stop, false, topLogprobs)
        .with(speculation);
  }
}
