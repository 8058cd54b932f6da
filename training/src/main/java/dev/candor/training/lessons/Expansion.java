package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes phrases of a grammar for one exercise, and keeps count of what they were filled with. */
final class Expansion {

  /** What an empty alternative leaves. */
  private static final Pattern SPACES = Pattern.compile(" {2,}");

  private static final Pattern MARK_APART = Pattern.compile("(?<=[^= ]) ([.,?!])(?=\\s|$)");
  private static final int MOST_ATTEMPTS = 1000;
  private static final int DEEPEST = 12;

  private final Grammar grammar;
  private final Split split;
  private final Draws draws;
  private final Map<String, String> bindings = new LinkedHashMap<>();
  private final List<String> families = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private int depth;

  Expansion(Grammar grammar, Split split, Draws draws) {
    this.grammar = grammar;
    this.split = split;
    this.draws = draws;
  }

  /** Fills a slot with this text from now on. */
  Expansion bind(String slot, String text) {
    bindings.put(slot, text);
    return this;
  }

  /** The phrasings that were written. */
  List<String> families() {
    return families;
  }

  /** The values that were drawn, each either kept back or trained on. */
  List<String> values() {
    return values;
  }

  /** Whether what was written suits its split: an exercise of new values must have one. */
  boolean suitsSplit() {
    return split != Split.NEW_VALUES || !values.isEmpty();
  }

  /** Notes a value that a lesson made itself. */
  void noteValue(String value) {
    values.add(value);
  }

  /** Chooses a phrasing of a rule for the split and notes it. */
  Phrase phrasing(String rule) {
    Rule chosen = grammar.rule(rule);
    Phrase phrase = chosen.phrasing(split, draws);
    families.add(grammar.name() + "/" + chosen.family(phrase));
    return phrase;
  }

  /** Writes a phrase. */
  String write(Phrase phrase) {
    StringBuilder out = new StringBuilder();
    write(phrase.parts(), out);
    return MARK_APART.matcher(SPACES.matcher(out).replaceAll(" ")).replaceAll("$1").strip();
  }

  /** Chooses any phrase of a rule and writes it. */
  String any(String rule) {
    return slot(rule);
  }

  private void write(List<Phrase.Part> parts, StringBuilder out) {
    for (Phrase.Part part : parts) {
      switch (part) {
        case Phrase.Literal literal -> out.append(literal.text());
        case Phrase.Slot slot -> out.append(slot(slot.name()));
        case Phrase.Choice choice -> write(draws.pick(choice.alternatives()), out);
      }
    }
  }

  private String slot(String name) {
    String bound = bindings.get(name);
    if (bound != null) {
      return bound;
    }
    if (Values.has(name)) {
      String value = Values.draw(name, split == Split.NEW_VALUES, draws);
      values.add(value);
      return value;
    }
    Rule rule = grammar.rule(name);
    if (++depth > DEEPEST) {
      throw new TrainingException(
          "grammar",
          "the rule " + name + " is nested deeper than " + DEEPEST,
          "Do not let a rule contain itself.");
    }
    String text =
        rule.marks().containsKey("values") ? value(rule) : write(draws.pick(rule.phrases()));
    depth--;
    if (rule.marks().containsKey("once")) {
      bind(name, text);
    }
    return text;
  }

  /** One of the rule's phrases as a value that is kept back or trained on. */
  private String value(Rule rule) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      String value = draws.pick(rule.phrases()).source();
      if (StableHash.keptBack(value) == (split == Split.NEW_VALUES)) {
        values.add(value);
        return value;
      }
    }
    throw new TrainingException(
        "grammar",
        "the rule " + rule.name() + " has no value for " + split,
        "Add values to the rule, at least 16.");
  }
}
