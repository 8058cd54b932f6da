package dev.candor.cli;

import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionOutput;
import dev.candor.governance.decisions.Receipt;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the lines after an answer say.
 *
 * @param decision what was answered, and where it is recorded
 * @param timeToFirstTokenNanos from when the prompt was given to a loaded model to its first token
 * @param decodeNanos from the first token to the last
 */
record AnswerSummary(Decision decision, long timeToFirstTokenNanos, long decodeNanos) {

  DecisionOutput output() {
    return decision.output();
  }

  /** Of the tokens after the first; 0 if there was only one. */
  double tokensPerSecond() {
    int tokens = output().tokens().size() - 1;
    return tokens < 1 || decodeNanos == 0 ? 0 : tokens * 1e9 / decodeNanos;
  }

  double timeToFirstTokenMillis() {
    return timeToFirstTokenNanos / 1e6;
  }

  /** As the members of a JSON object. */
  Map<String, Object> members() {
    Receipt receipt = decision.receipt();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("answer", output().text());
    members.put("finishReason", finishReason());
    members.put("promptTokens", receipt.started().promptTokens());
    members.put("tokens", output().tokens().size());
    members.put("steps", output().steps());
    if (!decision.repeated()) {
      members.put("timeToFirstTokenMillis", timeToFirstTokenMillis());
      members.put("tokensPerSecond", tokensPerSecond());
    }
    members.put("modelDigest", receipt.started().model());
    receipt.started().adapter().ifPresent(digest -> members.put("adapterDigest", digest));
    members.put("receipt", ReceiptReport.members(decision));
    return members;
  }

  /** What programs know it as since before there were records. */
  private String finishReason() {
    return output().outcome().equals("stopped") ? "cancelled" : output().outcome();
  }

  /** Such as {@code 87 tokens, first after 0.21 s, 43.1 tokens/s, model sha256:b179…}. */
  @Override
  public String toString() {
    return answerLine() + System.lineSeparator() + ReceiptReport.line(decision);
  }

  private String answerLine() {
    Receipt receipt = decision.receipt();
    int tokens = output().tokens().size();
    String adapter =
        receipt.started().adapter().map(digest -> ", adapter sha256:" + digest).orElse("");
    if (decision.repeated()) {
      return String.format(
          Locale.ROOT,
          "[%d tokens, answered before, model sha256:%s%s]",
          tokens,
          receipt.started().model(),
          adapter);
    }
    return String.format(
        Locale.ROOT,
        "[%d token%s%s, first after %.2f s, %.1f tokens/s, model sha256:%s%s]",
        tokens,
        tokens == 1 ? "" : "s",
        ending(),
        timeToFirstTokenMillis() / 1000,
        tokensPerSecond(),
        receipt.started().model(),
        adapter);
  }

  private String ending() {
    return switch (output().outcome()) {
      case "length" -> " (stopped there: --max-tokens)";
      case "context-full" -> " (the context is full)";
      case "stopped" -> " (stopped)";
      default -> "";
    };
  }
}
