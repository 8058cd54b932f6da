package dev.candor.training.runs;

import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import java.util.List;

/** What comes after a letter, some times over: a bigram can learn all but where to end. */
record CountingLesson(String name, int longest) implements Lesson {

  @Override
  public Exercise exercise(Split split, long index) {
    int first = Math.floorMod(index * 7 + split.ordinal(), 20);
    int count = 1 + Math.floorMod(index * 13 + split.ordinal(), longest);
    StringBuilder answer = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      answer.append((char) ('a' + (first + i) % 26));
    }
    String prompt = name + " from " + (char) ('a' + first) + " on, " + count + " times";
    return new Exercise(prompt, answer.toString(), name, List.of(name), List.of());
  }
}
