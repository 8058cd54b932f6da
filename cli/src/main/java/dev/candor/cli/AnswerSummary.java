package dev.candor.cli;

import dev.candor.engine.generation.Answer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the line after an answer says.
 *
 * @param answer what was generated
 * @param timeToFirstTokenNanos from when the prompt was given to a loaded model to its first token
 * @param decodeNanos from the first token to the last
 * @param modelDigest SHA-256 of the weights
 * @param adapterDigest what the adapter is called in records, if there was one
 */
record AnswerSummary(
    Answer answer,
    long timeToFirstTokenNanos,
    long decodeNanos,
    String modelDigest,
    Optional<String> adapterDigest) {

  /** Of the tokens after the first; 0 if there was only one. */
  double tokensPerSecond() {
    int tokens = answer.tokens().size() - 1;
    return tokens < 1 || decodeNanos == 0 ? 0 : tokens * 1e9 / decodeNanos;
  }

  double timeToFirstTokenMillis() {
    return timeToFirstTokenNanos / 1e6;
  }

  /** As the members of a JSON object. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("answer", answer.text());
    members.put("finishReason", answer.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    members.put("promptTokens", answer.promptTokens());
    members.put("tokens", answer.tokens().size());
    members.put("steps", answer.steps());
    members.put("timeToFirstTokenMillis", timeToFirstTokenMillis());
    members.put("tokensPerSecond", tokensPerSecond());
    members.put("modelDigest", modelDigest);
    adapterDigest.ifPresent(digest -> members.put("adapterDigest", digest));
    return members;
  }

  /** Such as {@code 87 tokens, first after 0.21 s, 43.1 tokens/s, model sha256:b179…}. */
  @Override
  public String toString() {
    int tokens = answer.tokens().size();
    return String.format(
        Locale.ROOT,
        "[%d token%s%s, first after %.2f s, %.1f tokens/s, model sha256:%s%s]",
        tokens,
        tokens == 1 ? "" : "s",
        ending(),
        timeToFirstTokenMillis() / 1000,
        tokensPerSecond(),
        modelDigest,
        adapterDigest.map(digest -> ", adapter sha256:" + digest).orElse(""));
  }

  private String ending() {
    return switch (answer.reason()) {
      case END, STOP_STRING -> "";
      case LENGTH -> " (stopped there: --max-tokens)";
      case CONTEXT_FULL -> " (the context is full)";
      case CANCELLED -> " (stopped)";
    };
  }
}
