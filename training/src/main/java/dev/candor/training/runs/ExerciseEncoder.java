package dev.candor.training.runs;

import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Exercise;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.runs.Recipe.AnswerWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Exercises as a chat model meets them:
 *
 * <pre>{@code <|user|>prompt<|end|><|assistant|>answer<|end|>}</pre>
 *
 * <p>The loss asks for the answer and the mark of its end. Words of an exercise are plain text,
 * even where they spell a special token.
 */
public final class ExerciseEncoder {

  /**
   * One exercise.
   *
   * @param tokens all but the last, which nothing follows
   * @param targets of each token the next, or {@link TokenBatch#NO_TARGET}
   * @param weight what each target counts
   */
  public record Encoded(int[] tokens, int[] targets, float weight) {

    /** Its targets count 1 each. */
    public Encoded(int[] tokens, int[] targets) {
      this(tokens, targets, 1);
    }

    public int length() {
      return tokens.length;
    }
  }

  private final Tokenizer tokenizer;
  private final boolean trainPrompts;
  private final AnswerWeight answerWeight;
  private final int user;
  private final int assistant;
  private final int end;

  /**
   * @throws TrainingException {@code training.no-chat-token} if the tokenizer lacks one of the
   *     three
   */
  ExerciseEncoder(Tokenizer tokenizer, boolean trainPrompts, AnswerWeight answerWeight) {
    this.tokenizer = tokenizer;
    this.trainPrompts = trainPrompts;
    this.answerWeight = answerWeight;
    this.user = special(tokenizer, "<|user|>");
    this.assistant = special(tokenizer, "<|assistant|>");
    this.end = special(tokenizer, "<|end|>");
  }

  static int special(Tokenizer tokenizer, String token) {
    return tokenizer
        .id(token)
        .orElseThrow(() ->
            new TrainingException(
                "no-chat-token",
                "the tokenizer has no token " + token,
                "Use a tokenizer with the special tokens of a chat."));
  }

  Encoded encode(Exercise exercise) {
    int[] prompt = tokenizer.encode(exercise.prompt(), false, false);
    int[] answer = tokenizer.encode(exercise.answer(), false, false);
    int[] ids = new int[prompt.length + answer.length + 4];
    int next = 0;
    ids[next++] = user;
    System.arraycopy(prompt, 0, ids, next, prompt.length);
    next += prompt.length;
    ids[next++] = end;
    ids[next++] = assistant;
    int answerStart = next;
    System.arraycopy(answer, 0, ids, next, answer.length);
    ids[ids.length - 1] = end;
    int[] targets = Arrays.copyOfRange(ids, 1, ids.length);
    if (!trainPrompts) {
      Arrays.fill(targets, 0, answerStart - 1, TokenBatch.NO_TARGET);
    }
    float weight = answerWeight.ofTarget(trainPrompts ? targets.length : ids.length - answerStart);
    return new Encoded(Arrays.copyOf(ids, ids.length - 1), targets, weight);
  }

  /** Puts exercises behind one another. */
  public static TokenBatch join(List<Encoded> exercises) {
    int length = exercises.stream().mapToInt(Encoded::length).sum();
    int[] tokens = new int[length];
    int[] targets = new int[length];
    float[] weights = new float[length];
    List<Integer> starts = new ArrayList<>();
    int at = 0;
    for (Encoded exercise : exercises) {
      starts.add(at);
      System.arraycopy(exercise.tokens(), 0, tokens, at, exercise.length());
      System.arraycopy(exercise.targets(), 0, targets, at, exercise.length());
      Arrays.fill(weights, at, at + exercise.length(), exercise.weight());
      at += exercise.length();
    }
    starts.add(at);
    return new TokenBatch(
        tokens, targets, weights, starts.stream().mapToInt(Integer::intValue).toArray());
  }
}
