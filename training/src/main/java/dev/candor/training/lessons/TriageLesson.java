package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Messages of customers and staff: what they want, how urgent it is, who should look at it. A
 * message is what someone wants, with or without words about how urgent it is, and what people
 * write around it.
 */
final class TriageLesson implements Lesson {

  private static final String INTENT = "intent.";

  /** Names that people give to priorities, from low to high. */
  private static final List<List<String>> PRIORITIES =
      List.of(
          List.of("low", "normal", "high"),
          List.of("low", "medium", "high"),
          List.of("low", "normal", "urgent"),
          List.of("low", "medium", "critical"));

  private static final List<String> CUES = List.of("cue.low", "cue.normal", "cue.high");

  private final Grammar grammar = Grammar.read("triage", "triage-labels", "words");
  private final List<Rule> intents = grammar.rulesFrom(INTENT);
  private final long seed;

  TriageLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "triage";
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
    Rule intent = draws.pick(intents);
    int asked = draws.below(100);
    boolean hazard = intent.marks().containsKey("hazard");
    int urgency = draws.below(3);
    boolean cued = asked >= 75 || draws.chance(35);
    // What is dangerous is urgent, whoever writes it: no words that say otherwise.
    String cue = cued ? CUES.get(hazard ? 2 : urgency) : "";
    String text = message(intent, cue, expansion, draws);
    int priority = hazard ? 2 : cue.isEmpty() ? 1 : urgency;
    List<String> labels;
    String answer;
    if (asked < 50) {
      labels = labels("label.", intent, draws);
      answer = labels.getFirst();
    } else if (asked < 75) {
      labels = labels("team.", intent, draws);
      answer = labels.getFirst();
    } else if (draws.chance(75)) {
      List<String> names = draws.pick(PRIORITIES);
      labels = new ArrayList<>(names);
      answer = names.get(priority);
      if (draws.chance(50)) {
        return exercise(labels, answer, text, expansion);
      }
    } else {
      labels = new ArrayList<>(List.of("urgent", "not urgent"));
      answer = labels.get(priority == 2 ? 0 : 1);
    }
    draws.shuffle(labels);
    return exercise(labels, answer, text, expansion);
  }

  private Exercise exercise(List<String> labels, String answer, String text, Expansion expansion) {
    return new Exercise(
        LabelQuestion.of(labels, text), answer, name(), expansion.families(), expansion.values());
  }

  private String message(Rule intent, String cue, Expansion expansion, Draws draws) {
    String core = expansion.write(expansion.phrasing(intent.name()));
    if (!cue.isEmpty()) {
      String urgency = expansion.write(expansion.phrasing(cue));
      core = draws.chance(75) ? core + " " + urgency : urgency + " " + core;
    }
    String text =
        (draws.chance(30) ? expansion.any("greeting") + " " : "")
            + core
            + (draws.chance(25) ? " " + expansion.any("closing") : "");
    return Typing.hasty(text, draws);
  }

  /**
   * The label of an intent, first, and those of others that differ from it.
   *
   * @param kind the rules that hold the labels: label. or team.
   */
  private List<String> labels(String kind, Rule intent, Draws draws) {
    String own = group(kind, intent);
    List<String> others =
        new ArrayList<>(
            intents.stream()
                .map(other -> group(kind, other))
                .filter(group -> !group.equals(own))
                .distinct()
                .toList());
    draws.shuffle(others);
    int count = Math.min(others.size(), draws.between(1, 5));
    List<String> labels = new ArrayList<>();
    labels.add(alias(kind + own, draws));
    for (String other : others.subList(0, count)) {
      String alias = alias(kind + other, draws);
      if (!labels.contains(alias)) {
        labels.add(alias);
      }
    }
    return labels;
  }

  /** An intent has a label of its own; several may have the same team. */
  private static String group(String kind, Rule intent) {
    Map<String, String> marks = intent.marks();
    return kind.equals("team.")
        ? marks.getOrDefault("team", "")
        : intent.name().substring(INTENT.length());
  }

  /** The usual name in half of the cases. */
  private String alias(String rule, Draws draws) {
    List<Phrase> names = grammar.rule(rule).phrases();
    return (draws.chance(50) ? names.getFirst() : draws.pick(names)).source();
  }
}
