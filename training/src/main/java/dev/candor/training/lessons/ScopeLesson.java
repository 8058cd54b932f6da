package dev.candor.training.lessons;

/** Whatever the model was not made for, which it should say. */
final class ScopeLesson implements Lesson {

  /** What is answered to anything else than the other lessons. */
  static final String REFUSAL = "I was not made for this.";

  private final Grammar grammar = Grammar.read("scope", "words");
  private final long seed;

  ScopeLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "scope";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    while (true) {
      Expansion expansion = new Expansion(grammar, split, draws);
      Phrase phrase = expansion.phrasing(draws.pick(grammar.rulesFrom("ask.")).name());
      String prompt = expansion.write(phrase);
      if (expansion.suitsSplit()) {
        return new Exercise(
            Typing.hasty(prompt, draws), REFUSAL, name(), expansion.families(), expansion.values());
      }
    }
  }
}
