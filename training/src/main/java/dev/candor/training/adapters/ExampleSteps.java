package dev.candor.training.adapters;

import dev.candor.training.runs.ExerciseEncoder.Encoded;
import dev.candor.training.runs.Shards;
import dev.candor.training.runs.StepSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Examples again and again: each epoch has all of them once, in an order of its own that follows
 * from the seed. A step has so many examples; the last of all may have fewer.
 */
final class ExampleSteps implements StepSource {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final List<Encoded> examples;
  private final long seed;
  private final int epochs;
  private final int perStep;
  private final int shards;
  private Position position = new Position(0, 0);
  private int orderOf = -1;
  private int[] order = {};

  /**
   * @param examples one or more
   * @param perStep examples of a step
   */
  ExampleSteps(List<Encoded> examples, long seed, int epochs, int perStep, int shards) {
    this.examples = List.copyOf(examples);
    this.seed = seed;
    this.epochs = epochs;
    this.perStep = perStep;
    this.shards = shards;
  }

  /** Tokens of all steps. */
  long tokens() {
    return epochs * examples.stream().mapToLong(Encoded::length).sum();
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
    List<Encoded> step = new ArrayList<>();
    long all = (long) epochs * examples.size();
    long next = position.exercises();
    int tokens = 0;
    int targets = 0;
    for (; step.size() < perStep && next < all; next++) {
      Encoded example = example(next);
      step.add(example);
      tokens += example.length();
      targets += ExampleBatches.targets(example);
    }
    position = new Position(position.tokens() + tokens, next);
    return new Step(Shards.deal(step, Math.min(shards, step.size())), tokens, targets);
  }

  @Override
  public int stage() {
    return epoch(position.exercises());
  }

  private int epoch(long draw) {
    return (int) (draw / examples.size());
  }

  private Encoded example(long draw) {
    int epoch = epoch(draw);
    if (epoch != orderOf) {
      order = order(epoch);
      orderOf = epoch;
    }
    return examples.get(order[(int) (draw % examples.size())]);
  }

  /** Fisher and Yates, in the form of Durstenfeld. */
  private int[] order(int epoch) {
    SplittableRandom random = new SplittableRandom(seed + (epoch + 1) * GOLDEN_GAMMA);
    int[] shuffled = new int[examples.size()];
    for (int i = 0; i < shuffled.length; i++) {
      int other = random.nextInt(i + 1);
      shuffled[i] = shuffled[other];
      shuffled[other] = i;
    }
    return shuffled;
  }
}
