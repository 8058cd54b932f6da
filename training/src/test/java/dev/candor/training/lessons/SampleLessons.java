package dev.candor.training.lessons;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The lessons with the texts that this repository holds. */
final class SampleLessons {

  private static final long SEED = 11;

  private SampleLessons() {}

  static Lessons lessons() {
    return new Lessons(SEED, SectionTexts.read(sections()));
  }

  /** The first exercises of a lesson. */
  static Stream<Exercise> exercises(Lesson lesson, Split split, int count) {
    return Stream.iterate(0L, i -> i + 1).limit(count).map(i -> lesson.exercise(split, i));
  }

  static Path sections() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("candor"))) {
      folder = Objects.requireNonNull(folder.getParent(), "run this inside the repository");
    }
    return folder.resolve("models/debian-sections");
  }

  /** The labels of a question for one. */
  static List<String> labels(String prompt) {
    String list =
        prompt.substring(
            "Which label fits the text best: ".length(),
            prompt.indexOf("? Answer with the label only.\n\nText: "));
    return List.of(list.split(", "));
  }
}
