package dev.candor.training.runs;

import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** Exercises that are never trained on, the same each time, and how well a model does them. */
public final class Validation {

  /** More of the probability than this, in −ln p, and greedy decoding picks the token. */
  private static final float HALF = (float) StrictMath.log(2);

  private static final List<Split> SPLITS = List.of(Split.NEW_VALUES, Split.NEW_PHRASINGS);

  /** Some exercises of one lesson and split, as many as one worker takes at a time. */
  public record Part(Group group, TokenBatch batch) {}

  public record Group(String lesson, Split split) {}

  /** What came of a part. */
  private record Sums(double loss, int targets, int likelyTokens, int likelyAnswers) {
    static final Sums NONE = new Sums(0, 0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          loss + other.loss,
          targets + other.targets,
          likelyTokens + other.likelyTokens,
          likelyAnswers + other.likelyAnswers);
    }
  }

  private final List<Group> groups;
  private final List<Part> parts;

  /**
   * @param groups each with a score of its own
   * @param parts of the groups
   */
  public Validation(List<Group> groups, List<Part> parts) {
    this.groups = List.copyOf(groups);
    this.parts = List.copyOf(parts);
  }

  static Validation of(Recipe recipe, List<Lesson> lessons, Batches batches) {
    List<Group> groups = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    int room = recipe.batches().tokens() / recipe.batches().shards();
    for (Lesson lesson : lessons) {
      for (Split split : SPLITS) {
        Group group = new Group(lesson.name(), split);
        groups.add(group);
        List<Encoded> joined = new ArrayList<>();
        int length = 0;
        for (int i = 0; i < recipe.validation().exercisesPerLesson(); i++) {
          Encoded exercise = batches.encode(lesson.name(), split, i);
          if (length + exercise.length() > room) {
            parts.add(new Part(group, ExerciseEncoder.join(joined)));
            joined.clear();
            length = 0;
          }
          joined.add(exercise);
          length += exercise.length();
        }
        parts.add(new Part(group, ExerciseEncoder.join(joined)));
      }
    }
    return new Validation(groups, parts);
  }

  /** The scores, lesson by lesson. */
  List<LessonScore> run(BlockingQueue<TrainableModel.Worker> workers, WorkerPool pool) {
    Sums[] sums = new Sums[parts.size()];
    pool.run(
        parts.size(),
        1,
        (from, to) -> {
          TrainableModel.Worker worker = workers.remove();
          for (int i = from; i < to; i++) {
            sums[i] = sums(worker, parts.get(i).batch());
          }
          workers.add(worker);
        });
    List<LessonScore> scores = new ArrayList<>();
    for (Group group : groups) {
      Sums total = Sums.NONE;
      int exercises = 0;
      for (int i = 0; i < sums.length; i++) {
        if (parts.get(i).group().equals(group)) {
          total = total.plus(sums[i]);
          exercises += parts.get(i).batch().sequences();
        }
      }
      scores.add(
          new LessonScore(
              group.lesson(),
              group.split(),
              exercises,
              total.targets,
              total.loss / total.targets,
              (double) total.likelyTokens / total.targets,
              (double) total.likelyAnswers / exercises));
    }
    return scores;
  }

  private static Sums sums(TrainableModel.Worker worker, TokenBatch batch) {
    float[] lossOfToken = new float[batch.tokens().length];
    double loss = worker.loss(batch, lossOfToken);
    int targets = 0;
    int likelyTokens = 0;
    int likelyAnswers = 0;
    for (int s = 0; s < batch.sequences(); s++) {
      boolean whole = true;
      for (int i = batch.starts()[s]; i < batch.starts()[s + 1]; i++) {
        if (batch.targets()[i] != TokenBatch.NO_TARGET) {
          boolean likely = lossOfToken[i] < HALF;
          targets++;
          likelyTokens += likely ? 1 : 0;
          whole &= likely;
        }
      }
      likelyAnswers += whole ? 1 : 0;
    }
    return new Sums(loss, targets, likelyTokens, likelyAnswers);
  }
}
