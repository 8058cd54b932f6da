package dev.candor.training.runs;

import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each step sees. Exercises are drawn from the lessons of the stage until the next one would
 * not fit, and dealt out to the shards, the longest first, each to the shard with the fewest tokens
 * so far: shards cost about the same, and nothing is padded. Everything follows from the recipe and
 * the {@link Position}.
 */
final class Batches implements StepSource {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final Recipe recipe;
  private final Map<String, Lesson> lessons = new LinkedHashMap<>();
  private final ExerciseEncoder encoder;
  private final int longest;
  private Position position = new Position(0, 0);

  /**
   * @param lessons those that the recipe names, and perhaps others
   * @param longest most tokens of an exercise: what the model's context allows
   */
  Batches(Recipe recipe, List<Lesson> lessons, ExerciseEncoder encoder, int longest) {
    this.recipe = recipe;
    this.encoder = encoder;
    this.longest = Math.min(longest, recipe.batches().tokens() / recipe.batches().shards());
    for (Lesson lesson : lessons) {
      this.lessons.put(lesson.name(), lesson);
    }
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public void restore(Position position) {
    this.position = position;
  }

  @Override
  public Step next() {
    Map<String, Integer> shares = recipe.curriculum().stage(position.tokens()).shares();
    List<Encoded> exercises = new ArrayList<>();
    long draw = position.exercises();
    int length = 0;
    while (true) {
      Encoded exercise = encode(choose(shares, draw), Split.TRAIN, draw);
      if (length + exercise.length() > recipe.batches().tokens()) {
        // It is drawn again by the next step.
        break;
      }
      exercises.add(exercise);
      length += exercise.length();
      draw++;
    }
    List<TokenBatch> shards = Shards.deal(exercises, recipe.batches().shards());
    position = new Position(position.tokens() + length, draw);
    int targets = shards.stream().mapToInt(TokenBatch::targetCount).sum();
    return new Step(shards, length, targets);
  }

  /**
   * An exercise of one of the lessons.
   *
   * @throws TrainingException {@code training.exercise-too-long}
   */
  Encoded encode(String lesson, Split split, long index) {
    Lesson source = lessons.get(lesson);
    if (source == null) {
      throw new IllegalArgumentException("there is no lesson " + lesson);
    }
    Encoded exercise = encoder.encode(source.exercise(split, index));
    if (exercise.length() > longest) {
      throw new TrainingException(
          "exercise-too-long",
          "exercise "
              + index
              + " of "
              + lesson
              + ", "
              + split
              + ", takes "
              + exercise.length()
              + " tokens, allowed are "
              + longest,
          "Raise max_position_embeddings and batches.tokens ÷ batches.shards, or leave the lesson"
              + " out.");
    }
    return exercise;
  }

  /** Draw number n is output n of SplitMix64: it depends on seed and place alone. */
  private String choose(Map<String, Integer> shares, long draw) {
    int all = shares.values().stream().mapToInt(Integer::intValue).sum();
    long left = Long.remainderUnsigned(mixed(recipe.seed() + (draw + 1) * GOLDEN_GAMMA), all);
    String chosen = "";
    for (Map.Entry<String, Integer> share : shares.entrySet()) {
      chosen = share.getKey();
      left -= share.getValue();
      if (left < 0) {
        break;
      }
    }
    return chosen;
  }

  /** Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
  private static long mixed(long state) {
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public int stage() {
    return recipe.curriculum().stages().indexOf(recipe.curriculum().stage(position.tokens()));
  }
}
