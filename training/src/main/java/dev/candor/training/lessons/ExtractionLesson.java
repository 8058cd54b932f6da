package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts of one kind each, such as invoices, and schemas that ask for a part of what they say. */
final class ExtractionLesson implements Lesson {

  /** Grammars with rules {@code fields} and {@code text}. */
  private static final List<String> KINDS =
      List.of(
          "invoice",
          "person",
          "service-report",
          "delivery",
          "appointment",
          "payment",
          "stock",
          "incident",
          "booking",
          "reading");

  private static final int MOST_MEMBERS = 5;

  /** A kind of texts. */
  private record Kind(Grammar grammar, List<Field> fields) {}

  private final List<Kind> kinds = new ArrayList<>();
  private final long seed;

  ExtractionLesson(long seed) {
    this.seed = seed;
    for (String name : KINDS) {
      Grammar grammar = Grammar.read("extraction-" + name, "extraction-around", "words");
      kinds.add(
          new Kind(grammar, grammar.rule("fields").phrases().stream().map(Field::parse).toList()));
    }
  }

  @Override
  public String name() {
    return "extraction";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    while (true) {
      Kind kind = draws.pick(kinds);
      Expansion expansion = new Expansion(kind.grammar(), split, draws);
      Map<Field, String> filled = new LinkedHashMap<>();
      for (Field field : kind.fields()) {
        fill(field, expansion, filled, draws);
      }
      Phrase phrase = expansion.phrasing("text");
      String text = around(expansion.write(phrase), expansion, draws);
      List<SchemaQuestion.Member> members = members(kind, phrase, filled, draws);
      boolean asksForValue = members.stream().anyMatch(member -> !member.value().isEmpty());
      if (asksForValue && expansion.suitsSplit()) {
        return new Exercise(
            SchemaQuestion.prompt(members, draws.chance(70), draws.chance(15), text),
            SchemaQuestion.answer(members),
            name(),
            expansion.families(),
            expansion.values());
      }
    }
  }

  /** At times with a word before it or behind it that says nothing of what is asked for. */
  private static String around(String text, Expansion expansion, Draws draws) {
    String before = draws.chance(15) ? expansion.any("before") + " " : "";
    String behind = draws.chance(15) ? expansion.any("behind") : "";
    boolean ends = text.endsWith(".") || text.endsWith("?") || text.endsWith("!");
    return before + text + (behind.isEmpty() ? "" : (ends ? " " : "\n") + behind);
  }

  private static void fill(
      Field field, Expansion expansion, Map<Field, String> filled, Draws draws) {
    if (field.choices().isEmpty()) {
      String value = expansion.write(field.content());
      filled.put(field, value);
      expansion.bind(field.slot(), value);
    } else {
      String value = draws.pick(field.choices());
      filled.put(field, value);
      expansion.bind(field.slot(), expansion.any(field.slot() + "." + value));
    }
  }

  /** Two to five of what the text says, in any order, at times with one that it does not say. */
  private static List<SchemaQuestion.Member> members(
      Kind kind, Phrase phrase, Map<Field, String> filled, Draws draws) {
    List<SchemaQuestion.Member> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Field> order = new ArrayList<>(kind.fields());
    draws.shuffle(order);
    int count = draws.between(2, MOST_MEMBERS);
    boolean absentAllowed = draws.chance(12);
    for (Field field : order) {
      boolean stated = phrase.hasSlot(field.slot());
      String name = draws.chance(50) ? field.names().getFirst() : draws.pick(field.names());
      if (members.size() == count || !stated && !absentAllowed || !names.add(name)) {
        continue;
      }
      absentAllowed &= stated;
      String value = stated ? field.json(filled.getOrDefault(field, "")) : "";
      members.add(new SchemaQuestion.Member(name, field.schema(), value));
    }
    return members;
  }
}
