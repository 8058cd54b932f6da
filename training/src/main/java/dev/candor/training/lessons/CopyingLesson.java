package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.List;

/** Words without meaning to be said again: the drill that copying unseen words is learnt from. */
final class CopyingLesson implements Lesson {

  private static final List<String> KINDS =
      List.of(
          "letters",
          "letters",
          "syllables",
          "made-name",
          "fragments",
          "fragment-name",
          "fragment-name",
          "code",
          "digits",
          "money");

  private final Grammar grammar = Grammar.read("copying", "words");
  private final long seed;

  CopyingLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "copying";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    Expansion expansion = new Expansion(grammar, split, draws);
    List<String> words = new ArrayList<>();
    for (int i = draws.between(2, 5); i > 0; i--) {
      words.add(expansion.any(draws.pick(KINDS)));
    }
    return draws.chance(50) ? whole(words, expansion) : one(words, expansion, draws);
  }

  private Exercise whole(List<String> words, Expansion expansion) {
    String text = String.join(" ", words);
    expansion.bind("text", text);
    return exercise(expansion.write(expansion.phrasing("repeat")), text, expansion);
  }

  /** One of several that have names. */
  private Exercise one(List<String> words, Expansion expansion, Draws draws) {
    List<String> keys =
        new ArrayList<>(grammar.rule("key").phrases().stream().map(Phrase::source).toList());
    draws.shuffle(keys);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      lines.add(keys.get(i) + ": " + words.get(i));
    }
    int asked = draws.below(words.size());
    expansion.bind("list", String.join("; ", lines));
    expansion.bind("wanted", keys.get(asked));
    return exercise(expansion.write(expansion.phrasing("look-up")), words.get(asked), expansion);
  }

  private Exercise exercise(String prompt, String answer, Expansion expansion) {
    return new Exercise(prompt, answer, name(), expansion.families(), expansion.values());
  }
}
