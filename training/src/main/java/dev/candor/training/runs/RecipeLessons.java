package dev.candor.training.runs;

import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Lessons;
import dev.candor.training.lessons.SectionTexts;
import java.util.List;

/** The lessons that a recipe can name. */
public final class RecipeLessons {

  private static final String SECTIONS = "sections";

  private RecipeLessons() {}

  /**
   * All of them, in a fixed order, from the recipe's seed.
   *
   * @throws TrainingException {@code training.missing} if the curriculum has the lesson sections
   *     and the recipe does not say where its texts are
   */
  public static List<Lesson> of(Recipe recipe) {
    if (recipe.sections().isPresent()) {
      return new Lessons(recipe.seed(), SectionTexts.read(recipe.sections().get())).all();
    }
    if (recipe.curriculum().stages().stream()
        .anyMatch(stage -> stage.shares().containsKey(SECTIONS))) {
      throw new TrainingException(
          "missing",
          "the curriculum has the lesson sections, and the recipe does not say where its texts are",
          "Write 'sections: FOLDER', or leave the lesson out of the curriculum.");
    }
    return new Lessons(recipe.seed(), new SectionTexts(List.of(), List.of(), List.of()))
        .all().stream().filter(lesson -> !lesson.name().equals(SECTIONS)).toList();
  }
}
