package dev.candor.training.lessons;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which lessons come when: first copying and bare arithmetic, then everything with short
 * calculations, then everything, at last more of what stayed weak. A mixture of all from the
 * beginning is not learnt from for a long time.
 *
 * @param stages ascending by the tokens they begin at, the first at 0
 */
public record Curriculum(List<Stage> stages) {

  /**
   * Shares of lessons for a while.
   *
   * @param fromTokens how many tokens have been trained on when it begins
   * @param shares of the exercises, by the names of lessons; any sum
   */
  public record Stage(long fromTokens, Map<String, Integer> shares) {

    public Stage {
      shares = Collections.unmodifiableMap(new TreeMap<>(shares));
      if (shares.values().stream().anyMatch(share -> share < 0)
          || shares.values().stream().mapToInt(Integer::intValue).sum() <= 0) {
        throw new IllegalArgumentException("shares must not be negative nor all 0");
      }
    }
  }

  public Curriculum {
    stages = List.copyOf(stages);
    if (stages.isEmpty() || stages.getFirst().fromTokens() != 0) {
      throw new IllegalArgumentException("a curriculum begins at 0 tokens");
    }
    for (int i = 1; i < stages.size(); i++) {
      if (stages.get(i).fromTokens() <= stages.get(i - 1).fromTokens()) {
        throw new IllegalArgumentException("stages must ascend by their tokens");
      }
    }
  }

  /** What the embedded model is trained with. */
  public static Curriculum standard() {
    Map<String, Integer> drills =
        Map.of("copying", 35, "records", 30, "arithmetic-1", 30, "labels", 5);
    Map<String, Integer> beginnings =
        Map.ofEntries(
            Map.entry("copying", 8),
            Map.entry("records", 10),
            Map.entry("arithmetic-1", 14),
            Map.entry("arithmetic-2", 10),
            Map.entry("word-problems", 8),
            Map.entry("extraction", 14),
            Map.entry("triage", 16),
            Map.entry("labels", 5),
            Map.entry("facts", 9),
            Map.entry("sections", 5),
            Map.entry("scope", 3));
    Map<String, Integer> everything =
        Map.ofEntries(
            Map.entry("copying", 2),
            Map.entry("records", 4),
            Map.entry("arithmetic-1", 4),
            Map.entry("arithmetic-2", 6),
            Map.entry("arithmetic-4", 12),
            Map.entry("word-problems", 15),
            Map.entry("extraction", 20),
            Map.entry("triage", 18),
            Map.entry("labels", 4),
            Map.entry("facts", 8),
            Map.entry("sections", 7),
            Map.entry("scope", 3));
    // What the first 42 million tokens left short: words that are copied, and what has short
    // answers, whose few targets weigh little beside a calculation's.
    Map<String, Integer> weaknesses =
        Map.ofEntries(
            Map.entry("copying", 5),
            Map.entry("records", 6),
            Map.entry("arithmetic-1", 2),
            Map.entry("arithmetic-2", 3),
            Map.entry("arithmetic-4", 6),
            Map.entry("word-problems", 14),
            Map.entry("extraction", 24),
            Map.entry("triage", 22),
            Map.entry("labels", 10),
            Map.entry("facts", 14),
            Map.entry("sections", 16),
            Map.entry("scope", 2));
    return new Curriculum(
        List.of(
            new Stage(0, drills),
            new Stage(1_500_000, beginnings),
            new Stage(5_000_000, everything),
            new Stage(42_100_000, weaknesses)));
  }

  /** What the stage at so many tokens trains with. */
  public Stage stage(long tokens) {
    Stage current = stages.getFirst();
    for (Stage stage : stages) {
      if (stage.fromTokens() <= tokens) {
        current = stage;
      }
    }
    return current;
  }

  /**
   * An exercise for training.
   *
   * @param tokens trained on so far
   * @param index of the exercise among all that are trained on
   */
  public Exercise exercise(Lessons lessons, long tokens, long index) {
    Map<String, Integer> shares = stage(tokens).shares();
    int all = shares.values().stream().mapToInt(Integer::intValue).sum();
    int place = Draws.of(lessons.seed(), "curriculum", Split.TRAIN, index).below(all);
    for (Map.Entry<String, Integer> share : shares.entrySet()) {
      place -= share.getValue();
      if (place < 0) {
        return lessons.lesson(share.getKey()).exercise(Split.TRAIN, index);
      }
    }
    throw new IllegalStateException("shares do not add up");
  }
}
