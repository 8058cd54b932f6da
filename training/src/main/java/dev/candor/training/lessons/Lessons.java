package dev.candor.training.lessons;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All lessons of the embedded model. Safe for use by many threads. */
public final class Lessons {

  private final Map<String, Lesson> lessons = new LinkedHashMap<>();
  private final long seed;

  /**
   * Reads their grammars.
   *
   * @param seed of all random choices; lessons of different seeds have different exercises but the
   *     same phrasings and values kept back
   */
  public Lessons(long seed, SectionTexts sections) {
    this.seed = seed;
    List.of(
            new CopyingLesson(seed),
            new RecordLesson(seed),
            new ArithmeticLesson(seed, 1, 1),
            new ArithmeticLesson(seed, 2, 2),
            new ArithmeticLesson(seed, 3, 4),
            new WordProblemLesson(seed),
            new ExtractionLesson(seed),
            new TriageLesson(seed),
            new LabelLesson(seed),
            new FactsLesson(seed),
            new SectionLesson(seed, sections),
            new ScopeLesson(seed))
        .forEach(lesson -> lessons.put(lesson.name(), lesson));
  }

  /** What the random choices follow from. */
  public long seed() {
    return seed;
  }

  /** All, in a fixed order. */
  public List<Lesson> all() {
    return List.copyOf(lessons.values());
  }

  /**
   * The lesson of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Lesson lesson(String name) {
    Lesson lesson = lessons.get(name);
    if (lesson == null) {
      throw new IllegalArgumentException("there is no lesson " + name);
    }
    return lesson;
  }
}
