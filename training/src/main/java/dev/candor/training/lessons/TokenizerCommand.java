package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import dev.candor.training.tokenizers.BytePairTrainer;
import dev.candor.training.tokenizers.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes the vocabulary of the embedded model from its lessons: {@code java …
 * dev.candor.training.lessons.TokenizerCommand SECTIONS FOLDER}.
 */
public final class TokenizerCommand {

  /** Tokens of all kinds. */
  static final int VOCABULARY = 768;

  /** Most tokens of a text. */
  static final int CONTEXT = 2048;

  /** Texts the pairs are counted in. */
  static final int EXERCISES = 60_000;

  /** Of the exercises that the vocabulary is made from; no exercise is trained on with it. */
  private static final long SEED = 768;

  /** A stage with all lessons. */
  private static final long LAST_STAGE = Long.MAX_VALUE;

  private TokenizerCommand() {}

  /**
   * @param arguments the folder of the sections' texts, and that of the tokenizer
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new TrainingException("usage", "give two folders", "TokenizerCommand SECTIONS FOLDER");
    }
    Path folder = Files.createDirectories(Path.of(arguments[1]));
    Lessons lessons = new Lessons(SEED, SectionTexts.read(Path.of(arguments[0])));
    TokenizerFiles.write(
        trainer(lessons, EXERCISES).train(VOCABULARY, TokenizerFiles.CHAT_TOKENS), CONTEXT, folder);
  }

  /** Counts in exercises of the last stage. */
  static BytePairTrainer trainer(Lessons lessons, int exercises) {
    Curriculum curriculum = Curriculum.standard();
    BytePairTrainer trainer = new BytePairTrainer();
    for (int i = 0; i < exercises; i++) {
      Exercise exercise = curriculum.exercise(lessons, LAST_STAGE, i);
      trainer.add(exercise.prompt());
      trainer.add(exercise.answer());
    }
    return trainer;
  }
}
