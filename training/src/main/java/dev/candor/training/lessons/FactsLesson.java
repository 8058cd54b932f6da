package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Yes or no by what a text states, and {@code not stated} where it does not mention what is asked
 * about. What it does mention it tells in full: who is said to live in Kiel lives nowhere else. The
 * grammar has three sorts of rules; the mark {@code subject} names what their {x} is, {@code value}
 * what {v} is:
 *
 * <pre>
 * == about.city subject=person value=city
 * {x} lives in {v}. => Does {x} live in {v}?
 * == state.room subject=room
 * The {x} is free. => The {x} is taken. => Is the {x} free?
 * == compare.weight subject=machine
 * The {x} weighs {n} kg. => Is the {x} heavier than the {y}? => more
 * == chain.place subject=person link=room value=city
 * {x} works in the {l}. => The {l} is in {v}. => Does {x} work in {v}?
 * </pre>
 */
final class FactsLesson implements Lesson {

  static final String YES = "yes";
  static final String NO = "no";
  static final String NOT_STATED = "not stated";

  private static final String ARROW = " => ";
  private static final int MOST_ATTEMPTS = 1000;

  private final Grammar grammar = Grammar.read("facts", "words");
  private final long seed;

  FactsLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "facts";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Expansion expansion = new Expansion(grammar, split, draws);
      Exercise exercise =
          new Telling(expansion, draws)
              .exercise(draws.pick(List.of("about.", "about.", "state.", "compare.", "chain.")));
      if (expansion.suitsSplit()) {
        return exercise;
      }
    }
    throw new IllegalStateException("no facts with values for " + split);
  }

  /** The facts and the question of one exercise. */
  private final class Telling {
    private final Expansion expansion;
    private final Draws draws;
    private final List<String> facts = new ArrayList<>();
    private String question = "";
    private String answer = "";

    Telling(Expansion expansion, Draws draws) {
      this.expansion = expansion;
      this.draws = draws;
    }

    Exercise exercise(String sort) {
      Rule rule = draws.pick(grammar.rulesFrom(sort));
      List<String> subjects = different(rule.marks().getOrDefault("subject", "person"), 4);
      Phrase phrase = expansion.phrasing(rule.name());
      String[] sides = phrase.source().split(ARROW);
      switch (sort) {
        case "about." -> about(rule, sides, subjects);
        case "state." -> state(sides, subjects);
        case "compare." -> compare(sides, subjects);
        default -> chain(rule, sides, subjects);
      }
      draws.shuffle(facts);
      expansion.bind("facts", String.join(" ", facts)).bind("question", question);
      return new Exercise(
          expansion.any("frame"), answer, name(), expansion.families(), expansion.values());
    }

    private void about(Rule rule, String[] sides, List<String> subjects) {
      List<String> values = different(rule.marks().getOrDefault("value", "city"), 3);
      int told = draws.between(1, 3);
      for (int i = 0; i < told; i++) {
        facts.add(write(sides[0], "x", subjects.get(i), "v", values.get(i)));
      }
      int asked = draws.below(told);
      int way = draws.below(10);
      String value = values.get(way < 5 ? asked : (asked + 1) % values.size());
      String subject = subjects.get(way < 8 ? asked : told);
      ask(sides[1], way < 5 ? YES : way < 8 ? NO : NOT_STATED, "x", subject, "v", value);
    }

    private void state(String[] sides, List<String> subjects) {
      int told = draws.between(1, 3);
      int asked = draws.below(told);
      boolean holds = false;
      for (int i = 0; i < told; i++) {
        boolean first = draws.chance(50);
        holds = i == asked ? first : holds;
        facts.add(write(first ? sides[0] : sides[1], "x", subjects.get(i)));
      }
      boolean known = draws.chance(85);
      ask(sides[2], known ? holds ? YES : NO : NOT_STATED, "x", subjects.get(known ? asked : told));
    }

    private void compare(String[] sides, List<String> subjects) {
      int told = draws.between(2, 3);
      List<Integer> numbers = new ArrayList<>();
      while (numbers.size() < told) {
        int number = draws.between(2, 99);
        if (!numbers.contains(number)) {
          numbers.add(number);
        }
      }
      for (int i = 0; i < told; i++) {
        facts.add(write(sides[0], "x", subjects.get(i), "n", String.valueOf(numbers.get(i))));
      }
      boolean more = numbers.get(0) > numbers.get(1);
      String expected = more == sides[2].equals("more") ? YES : NO;
      boolean known = draws.chance(90);
      ask(
          sides[1],
          known ? expected : NOT_STATED,
          "x",
          subjects.get(0),
          "y",
          subjects.get(known ? 1 : told));
    }

    private void chain(Rule rule, String[] sides, List<String> subjects) {
      List<String> links = different(rule.marks().getOrDefault("link", "room"), 2);
      List<String> values = different(rule.marks().getOrDefault("value", "city"), 2);
      for (int i = 0; i < 2; i++) {
        facts.add(write(sides[0], "x", subjects.get(i), "l", links.get(i)));
        facts.add(write(sides[1], "l", links.get(i), "v", values.get(i)));
      }
      int way = draws.below(10);
      String value = values.get(way < 5 ? 0 : 1);
      String subject = subjects.get(way < 9 ? 0 : 2);
      ask(sides[2], way < 5 ? YES : way < 9 ? NO : NOT_STATED, "x", subject, "v", value);
    }

    private void ask(String phrase, String expected, String... bindings) {
      question = write(phrase, bindings);
      answer = expected;
    }

    private String write(String phrase, String... bindings) {
      for (int i = 0; i < bindings.length; i += 2) {
        expansion.bind(bindings[i], bindings[i + 1]);
      }
      return expansion.write(Phrase.parse(phrase));
    }

    private List<String> different(String rule, int count) {
      List<String> found = new ArrayList<>();
      for (int attempt = 0; found.size() < count; attempt++) {
        String one = expansion.any(rule);
        if (!found.contains(one)) {
          found.add(one);
        }
        if (attempt == MOST_ATTEMPTS) {
          throw new TrainingException(
              "grammar",
              "the rule " + rule + " has fewer than " + count + " texts for this split",
              "Add texts to the rule.");
        }
      }
      return found;
    }
  }
}
