package dev.candor.conformance.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Lessons;
import dev.candor.training.lessons.SectionTexts;
import dev.candor.training.lessons.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The model in {@code models/candor-mini}: what its card says of it can be seen again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedModelTest {

  private static final Path MODELS = Path.of("../models");
  private static final Path WEIGHTS = MODELS.resolve("candor-mini/candor-mini.gguf");

  private static final long MOST_BYTES = 8_000_000;

  /** Of each lesson; the card has more. */
  private static final int EXERCISES = 40;

  private static final int CONTEXT = 1024;

  /** As {@code candor data exercises} draws them if no other seed is named. */
  private static final long SEED = 1000;

  private final Lessons lessons =
      new Lessons(SEED, SectionTexts.read(MODELS.resolve("debian-sections")));
  private final LanguageModel model = LanguageModel.open(WEIGHTS, LoadOptions.defaults());

  @AfterAll
  void closeModel() {
    model.close();
  }

  @Test
  void isSmallAndTheCardNamesItsDigest() throws IOException {
    assertThat(Files.size(WEIGHTS)).isLessThan(MOST_BYTES);
    assertThat(Files.readString(WEIGHTS.resolveSibling("README.md"))).contains(model.digest());
  }

  @Test
  void answersAtOnce() {
    assertThat(model.thinkingEnd()).isEmpty();
  }

  /** All paths give the same bits, so on every machine just as many are right. */
  @ParameterizedTest
  @CsvSource({
    "triage, NEW_VALUES, 37",
    "triage, NEW_PHRASINGS, 31",
    "extraction, NEW_VALUES, 37",
    "extraction, NEW_PHRASINGS, 32",
    "arithmetic-2, NEW_VALUES, 39",
    "facts, NEW_PHRASINGS, 22",
    "scope, NEW_PHRASINGS, 38"
  })
  void answersAsManyExercisesRightAsItDid(String lesson, Split split, int right) {
    assertThat(right(lessons.lesson(lesson), split)).isEqualTo(right);
  }

  private int right(Lesson lesson, Split split) {
    int right = 0;
    for (int i = 0; i < EXERCISES; i++) {
      Exercise exercise = lesson.exercise(split, i);
      right += answer(exercise.prompt()).equals(exercise.answer()) ? 1 : 0;
    }
    return right;
  }

  private String answer(String question) {
    int[] prompt =
        model
            .chatFormat()
            .orElseThrow()
            .tokens(ChatRequest.of(List.of(ChatMessage.of("user", question))));
    try (Session session = model.newSession(new SessionOptions(CONTEXT, BlockFormat.F16))) {
      session.append(prompt);
      return session.generate(GenerationRequest.greedy(160), GenerationListener.NONE).text();
    }
  }
}
