package dev.candor.training.lessons;

import dev.candor.engine.tokenizers.LiteralRanges;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.training.TrainingException;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.tokenizers.TokenizerFiles;
import java.util.Arrays;

/**
 * An exercise as the model sees it: {@code <|user|>prompt<|end|><|assistant|>answer<|end|>}.
 *
 * @param ids of all tokens
 * @param answerStart where the answer begins; the tokens from there on are to be predicted, the
 *     last {@code <|end|>} included
 */
public record ChatTokens(int[] ids, int answerStart) {

  /**
   * Encodes an exercise. Special tokens written out in its texts are plain text.
   *
   * @throws TrainingException if the tokenizer lacks a token of a chat
   */
  public static ChatTokens of(Exercise exercise, Tokenizer tokenizer) {
    int[] prompt = tokenizer.encode(exercise.prompt(), false, LiteralRanges.ALL);
    int[] answer = tokenizer.encode(exercise.answer(), false, LiteralRanges.ALL);
    int end = special(tokenizer, TokenizerFiles.END);
    int[] ids = new int[prompt.length + answer.length + 4];
    ids[0] = special(tokenizer, TokenizerFiles.USER);
    System.arraycopy(prompt, 0, ids, 1, prompt.length);
    ids[prompt.length + 1] = end;
    ids[prompt.length + 2] = special(tokenizer, TokenizerFiles.ASSISTANT);
    int answerStart = prompt.length + 3;
    System.arraycopy(answer, 0, ids, answerStart, answer.length);
    ids[ids.length - 1] = end;
    return new ChatTokens(ids, answerStart);
  }

  /** For each token the one that should follow, if it is of the answer. */
  public int[] targets() {
    int[] targets = new int[ids.length];
    Arrays.fill(targets, TokenBatch.NO_TARGET);
    System.arraycopy(ids, answerStart, targets, answerStart - 1, ids.length - answerStart);
    return targets;
  }

  private static int special(Tokenizer tokenizer, String spelling) {
    return tokenizer
        .id(spelling)
        .orElseThrow(() ->
            new TrainingException(
                "no-chat-token",
                "the tokenizer has no token " + spelling,
                "Use a tokenizer with the tokens " + TokenizerFiles.CHAT_TOKENS + "."));
  }
}
