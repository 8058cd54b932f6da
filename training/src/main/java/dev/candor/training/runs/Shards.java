package dev.candor.training.runs;

import dev.candor.training.models.TokenBatch;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Exercises of a step in parts that cost about the same. */
public final class Shards {

  private Shards() {}

  /**
   * Deals out. No shard is empty if there are as many exercises, and none is longer than a part of
   * all of them.
   */
  public static List<TokenBatch> deal(List<Encoded> exercises, int shards) {
    List<Encoded> ordered = new ArrayList<>(exercises);
    ordered.sort(Comparator.comparingInt(Encoded::length).reversed());
    List<List<Encoded>> hands = new ArrayList<>();
    int[] lengths = new int[shards];
    for (int i = 0; i < shards; i++) {
      hands.add(new ArrayList<>());
    }
    for (Encoded exercise : ordered) {
      int lightest = 0;
      for (int i = 1; i < shards; i++) {
        lightest = lengths[i] < lengths[lightest] ? i : lightest;
      }
      hands.get(lightest).add(exercise);
      lengths[lightest] += exercise.length();
    }
    return hands.stream().map(ExerciseEncoder::join).toList();
  }
}
