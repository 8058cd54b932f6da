package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Short texts under labels that users think of: complaint or praise, spam or ham, topics. The
 * grammar has the texts in rules {@code text.x}; a rule {@code labels.…} lists a set of labels,
 * each line {@code label = x}, in which the label may have other names.
 */
final class LabelLesson implements Lesson {

  private final Grammar grammar = Grammar.read("labels", "words");
  private final List<Rule> sets = grammar.rulesFrom("labels.");
  private final long seed;

  LabelLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "labels";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    while (true) {
      Expansion expansion = new Expansion(grammar, split, draws);
      Exercise exercise = exercise(expansion, draws);
      if (expansion.suitsSplit()) {
        return exercise;
      }
    }
  }

  private Exercise exercise(Expansion expansion, Draws draws) {
    Rule set = draws.pick(sets);
    Map<String, String> textsByLabel = new LinkedHashMap<>();
    for (Phrase phrase : set.phrases()) {
      String[] sides = phrase.source().split(" = ", 2);
      textsByLabel.put(sides[0], sides[1]);
    }
    List<String> labels = new ArrayList<>(textsByLabel.keySet());
    draws.shuffle(labels);
    if (labels.size() > 3 && draws.chance(60)) {
      labels = labels.subList(0, draws.between(2, labels.size() - 1));
    }
    String answer = draws.pick(labels);
    List<String> kinds = List.of(textsByLabel.getOrDefault(answer, "").split(" ", -1));
    String text = expansion.write(expansion.phrasing("text." + draws.pick(kinds)));
    if (draws.chance(20)) {
      text = text + " " + expansion.any("signature");
    }
    return new Exercise(
        LabelQuestion.of(labels, Typing.hasty(text, draws)),
        answer,
        name(),
        expansion.families(),
        expansion.values());
  }
}
