package dev.candor.training.lessons;

import java.util.Optional;

/**
 * Small stories with a question about a number. A phrase of the grammar ends with the expression of
 * its letters: {@code A crate holds {a} bottles. How many do {b} crates hold? => a * b}.
 */
final class WordProblemLesson implements Lesson {

  private static final String ARROW = " => ";
  private static final int LETTERS = 6;

  private final Grammar grammar = Grammar.read("word-problems", "words");
  private final long seed;

  WordProblemLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "word-problems";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    Expansion expansion = new Expansion(grammar, split, draws);
    Phrase phrase = expansion.phrasing(draws.pick(grammar.rulesFrom("steps.")).name());
    String source = phrase.source();
    int arrow = source.lastIndexOf(ARROW);
    Expression expression = Expression.parse(source.substring(arrow + ARROW.length()));
    int[] numbers = new int[LETTERS];
    while (true) {
      for (int i = 0; i < LETTERS; i++) {
        numbers[i] = number(draws);
      }
      Optional<Calculation> calculation = Calculation.of(expression.with(numbers));
      if (calculation.isPresent() && calculation.get().isFor(split)) {
        for (int i = 0; i < LETTERS; i++) {
          expansion.bind(String.valueOf((char) ('a' + i)), String.valueOf(numbers[i]));
        }
        calculation.get().key().ifPresent(expansion::noteValue);
        String prompt = expansion.write(phrase);
        prompt = prompt.substring(0, prompt.lastIndexOf(ARROW));
        return new Exercise(
            prompt, calculation.get().answer(), name(), expansion.families(), expansion.values());
      }
    }
  }

  private static int number(Draws draws) {
    int percent = draws.below(100);
    return percent < 45
        ? draws.between(2, 12)
        : percent < 85 ? draws.between(13, 99) : draws.between(100, 900);
  }
}
