package dev.candor.training.adapters;

import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Split;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.runs.ExerciseEncoder;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import dev.candor.training.runs.Validation;
import dev.candor.training.runs.Validation.Group;
import dev.candor.training.runs.Validation.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prompts and their answers as tokens with targets. */
public final class ExampleBatches {

  private ExampleBatches() {}

  /**
   * An example whose loss asks for the answer alone.
   *
   * @param prompt all that comes before the answer, 1 token or more
   * @param answer the answer and what ends it, 1 token or more
   * @param longest most tokens of both
   * @param name what to call it
   * @throws TrainingException {@code training.example-too-long}
   */
  public static Encoded example(int[] prompt, int[] answer, int longest, String name) {
    int length = prompt.length + answer.length - 1;
    if (length > longest) {
      throw new TrainingException(
          "example-too-long",
          name + " takes " + length + " tokens, allowed are " + longest,
          "Raise batches.longest, or shorten the row or leave it out.");
    }
    int[] tokens = Arrays.copyOf(prompt, length);
    System.arraycopy(answer, 0, tokens, prompt.length, answer.length - 1);
    int[] targets = new int[length];
    Arrays.fill(targets, TokenBatch.NO_TARGET);
    System.arraycopy(answer, 0, targets, prompt.length - 1, answer.length);
    return new Encoded(tokens, targets);
  }

  static int targets(Encoded example) {
    int count = 0;
    for (int target : example.targets()) {
      count += target == TokenBatch.NO_TARGET ? 0 : 1;
    }
    return count;
  }

  /**
   * Asks about examples that are not trained on.
   *
   * @param name of the set
   * @param room tokens that a worker takes at a time
   */
  static Validation validation(String name, List<Encoded> examples, int room) {
    Group group = new Group(name, Split.NEW_VALUES);
    List<Part> parts = new ArrayList<>();
    List<Encoded> joined = new ArrayList<>();
    int length = 0;
    for (Encoded example : examples) {
      if (!joined.isEmpty() && length + example.length() > room) {
        parts.add(new Part(group, ExerciseEncoder.join(joined)));
        joined.clear();
        length = 0;
      }
      joined.add(example);
      length += example.length();
    }
    if (!joined.isEmpty()) {
      parts.add(new Part(group, ExerciseEncoder.join(joined)));
    }
    return parts.isEmpty()
        ? new Validation(List.of(), List.of())
        : new Validation(List.of(group), parts);
  }
}
