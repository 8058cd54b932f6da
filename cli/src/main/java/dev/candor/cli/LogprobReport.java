package dev.candor.cli;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GeneratedToken.Alternative;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The probabilities of an answer's tokens, as JSON members. */
final class LogprobReport {

  private LogprobReport() {}

  static List<Map<String, Object>> of(Answer answer, Tokenizer tokenizer) {
    List<Map<String, Object>> tokens = new ArrayList<>();
    for (GeneratedToken token : answer.tokens()) {
      Map<String, Object> members = members(token.id(), token.logprob(), tokenizer);
      List<Map<String, Object>> top = new ArrayList<>();
      for (Alternative alternative : token.alternatives()) {
        top.add(members(alternative.id(), alternative.logprob(), tokenizer));
      }
      members.put("top", top);
      tokens.add(members);
    }
    return tokens;
  }

  private static Map<String, Object> members(int id, float logprob, Tokenizer tokenizer) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", id);
    members.put("token", tokenizer.decode(new int[] {id}, false));
    if (Float.isNaN(logprob)) {
      // A constraint left no choice, so the model was not asked.
      members.put("forced", true);
    } else {
      members.put("logprob", logprob);
    }
    return members;
  }
}
