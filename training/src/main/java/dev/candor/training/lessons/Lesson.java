package dev.candor.training.lessons;

/**
 * Makes exercises of one kind. Each is a function of the lesson's seed, the split and the index
 * alone, so that a run goes on from a number. Safe for use by many threads.
 */
public interface Lesson {

  /** Of letters, digits and dashes, such as {@code extraction}. */
  String name();

  /**
   * Makes an exercise.
   *
   * @param index from 0
   */
  Exercise exercise(Split split, long index);
}
