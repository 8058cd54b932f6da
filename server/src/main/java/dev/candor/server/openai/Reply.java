package dev.candor.server.openai;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.decisions.Decision;
import dev.candor.server.HttpProblem;
import dev.candor.server.answers.AnswerPlan;
import dev.candor.server.answers.AnswerReader;
import dev.candor.server.batching.DecisionRuns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What replies of several endpoints have in common. */
public final class Reply {

  private Reply() {}

  /**
   * Why an answer ended, in OpenAI's word.
   *
   * @throws HttpProblem 403 {@code decision_stopped} if somebody has ordered it to stop
   */
  public static String finishReason(Decision decision, AnswerReader reader) {
    return switch (decision.output().outcome()) {
      case "length", "context-full" -> "length";
      case "stopped" ->
          throw HttpProblem.of(
              403,
              "decision_stopped",
              "An operator has stopped decision " + decision.receipt().decision() + ".");
      default -> reader.calls() > 0 ? "tool_calls" : "stop";
    };
  }

  /** Tokens that were read and written, by all choices. */
  static Map<String, Object> usage(
      AnswerPlan plan, DecisionRuns runs, List<Decision> decisions, int thoughts) {
    int reused = runs.reusedTokens(0, decisions.size());
    return usage(plan.prompt().size(), reused, decisions, thoughts);
  }

  /**
   * The same.
   *
   * @param read tokens of the prompts
   * @param reused how many of them had been read for an earlier request
   */
  static Map<String, Object> usage(int read, int reused, List<Decision> decisions, int thoughts) {
    int written = decisions.stream().mapToInt(it -> it.output().tokens().size()).sum();
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("prompt_tokens", read);
    usage.put("completion_tokens", written);
    usage.put("total_tokens", read + written);
    usage.put("prompt_tokens_details", Map.of("cached_tokens", reused));
    usage.put("completion_tokens_details", Map.of("reasoning_tokens", thoughts));
    return usage;
  }

  /** Where a decision is recorded, and what of the request changed nothing. */
  public static Map<String, Object> candor(List<Decision> decisions, List<String> reported) {
    List<Map<String, Object>> receipts = new ArrayList<>();
    for (Decision decision : decisions) {
      Map<String, Object> receipt = new LinkedHashMap<>();
      receipt.put("decision", decision.receipt().decision());
      receipt.put("started", decision.receipt().startedIndex());
      receipt.put("finished", decision.receipt().finishedIndex());
      receipt.put("outcome", decision.output().outcome());
      receipt.put("repeated", decision.repeated());
      receipts.add(receipt);
    }
    Map<String, Object> candor = new LinkedHashMap<>();
    candor.put("receipts", receipts);
    candor.put("not_honoured", reported);
    return candor;
  }

  /** Log probabilities of tokens, as {@code logprobs.content} has them. */
  static List<Object> logprobs(Tokenizer tokenizer, List<GeneratedToken> tokens) {
    List<Object> content = new ArrayList<>();
    for (GeneratedToken token : tokens) {
      Map<String, Object> each = logprob(tokenizer, token.id(), token.logprob());
      List<Object> top = new ArrayList<>();
      for (GeneratedToken.Alternative other : token.alternatives()) {
        top.add(logprob(tokenizer, other.id(), other.logprob()));
      }
      each.put("top_logprobs", top);
      content.add(each);
    }
    return content;
  }

  private static Map<String, Object> logprob(Tokenizer tokenizer, int id, float logprob) {
    List<Integer> bytes = new ArrayList<>();
    for (byte b : tokenizer.bytes(id)) {
      bytes.add(b & 0xFF);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("token", tokenizer.decode(new int[] {id}, false));
    // A token that a constraint left no choice of was certain.
    members.put("logprob", Float.isNaN(logprob) ? 0f : logprob);
    members.put("bytes", bytes);
    return members;
  }
}
