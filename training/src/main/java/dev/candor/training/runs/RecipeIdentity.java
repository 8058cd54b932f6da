package dev.candor.training.runs;

import dev.candor.training.ContentDigest;
import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What decides the weights of a run: the recipe, and what it only names. */
final class RecipeIdentity implements RunIdentity {

  /**
   * Of each lesson: a lesson that was changed differs in one of the first few, but for bad luck.
   */
  private static final int SAMPLE = 64;

  private final Recipe recipe;
  private final String tokenizerDigest;
  private final Map<String, String> lessonDigests = new LinkedHashMap<>();

  RecipeIdentity(Recipe recipe, String tokenizerDigest, List<Lesson> lessons) {
    this.recipe = recipe;
    this.tokenizerDigest = tokenizerDigest;
    for (Lesson lesson : lessons) {
      MessageDigest digest = ContentDigest.sha256();
      for (int i = 0; i < SAMPLE; i++) {
        Exercise exercise = lesson.exercise(Split.TRAIN, i);
        // A byte that no UTF-8 has, so that a prompt's end is no answer's beginning.
        digest.update(exercise.prompt().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0xFF);
        digest.update(exercise.answer().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0xFF);
      }
      lessonDigests.put(lesson.name(), HexFormat.of().formatHex(digest.digest()));
    }
  }

  @Override
  public Map<String, String> used(long seen) {
    Map<String, String> used = new LinkedHashMap<>(recipe.used(seen));
    used.put("tokenizer", tokenizerDigest);
    for (String lesson : recipe.lessons(seen)) {
      used.put("lesson " + lesson, lessonDigests.getOrDefault(lesson, ""));
    }
    return used;
  }

  @Override
  public String recipeDigest() {
    return recipe.digest();
  }
}
