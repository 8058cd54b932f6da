package dev.candor.server.openai;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.server.HttpProblem;
import dev.candor.server.RequestFields;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How tokens are chosen and when an answer ends, as requests of the OpenAI wire say it. What a
 * request does not say is as the model's authors advise.
 *
 * @param temperature empty as advised
 * @param topP empty as advised
 * @param topK empty as advised; not a field of OpenAI's
 * @param minP empty as advised; not a field of OpenAI's
 * @param repetitionPenalty empty as advised; not a field of OpenAI's
 * @param seed empty for any
 * @param stop strings that end an answer
 */
public record SamplingFields(
    Optional<Float> temperature,
    Optional<Float> topP,
    Optional<Integer> topK,
    Optional<Float> minP,
    Optional<Float> repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> logitBias,
    OptionalLong seed,
    List<String> stop) {

  private static final int MOST_STOPS = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Reads them. */
  public static SamplingFields read(RequestFields fields) {
    List<String> stop = fields.texts("stop");
    if (stop.size() > MOST_STOPS
        || stop.stream().anyMatch(it -> it.isEmpty() || it.length() > 1024)) {
      throw fields.wrong("stop", "has more than 16 texts, or one without 1 to 1024 characters");
    }
    return new SamplingFields(
        real(fields, "temperature", 0, 100),
        real(fields, "top_p", Float.MIN_VALUE, 1),
        whole(fields, "top_k"),
        real(fields, "min_p", 0, 1),
        real(fields, "repetition_penalty", Float.MIN_VALUE, 100),
        real(fields, "presence_penalty", -100, 100).orElse(0f),
        real(fields, "frequency_penalty", -100, 100).orElse(0f),
        bias(fields),
        fields.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE),
        stop);
  }

  private static Optional<Float> real(
      RequestFields fields, String name, double least, double most) {
    return fields.number(name, least, most).stream().mapToObj(it -> (float) it).findFirst();
  }

  private static Optional<Integer> whole(RequestFields fields, String name) {
    return fields.integer(name, 0, Integer.MAX_VALUE).stream().mapToObj(it -> (int) it).findFirst();
  }

  private static Map<Integer, Float> bias(RequestFields fields) {
    Map<Integer, Float> bias = new HashMap<>();
    fields
        .object("logit_bias")
        .ifPresent(given ->
            given
                .object()
                .members()
                .keySet()
                .forEach(token -> {
                  if (!token.matches("\\d{1,9}")) {
                    throw given.wrong(token, "is no id of a token");
                  }
                  given
                      .number(token, -1000, 1000)
                      .ifPresent(it -> bias.put(Integer.valueOf(token), (float) it));
                }));
    return bias;
  }

  /**
   * The request to the engine.
   *
   * @param advised by the model's authors
   * @param vocabulary tokens of the model
   * @param maximumTokens most tokens of the answer
   * @param topLogprobs as the engine takes it
   * @param seeded gives the seed where the request has none
   */
  public GenerationRequest request(
      SamplingOptions advised,
      int vocabulary,
      int maximumTokens,
      int topLogprobs,
      OptionalLong seeded,
      int choice) {
    logitBias.keySet().stream()
        .filter(id -> id >= vocabulary)
        .findFirst()
        .ifPresent(id -> {
          throw HttpProblem.ofField(
              "logit_bias",
              "invalid_value",
              "logit_bias names token " + id + ", the model has 0 to " + (vocabulary - 1) + ".");
        });
    float heat = temperature.orElse(advised.temperature());
    long first = seed.orElseGet(() -> seeded.orElseGet(() -> heat == 0 ? 0 : RANDOM.nextLong()));
    SamplingOptions options =
        new SamplingOptions(
            heat,
            topK.orElse(advised.topK()),
            topP.orElse(advised.topP()),
            minP.orElse(advised.minP()),
            repetitionPenalty.orElse(advised.repetitionPenalty()),
            presencePenalty,
            frequencyPenalty,
            logitBias,
            first + choice);
    return new GenerationRequest(options, maximumTokens, stop, false, topLogprobs);
  }
}
