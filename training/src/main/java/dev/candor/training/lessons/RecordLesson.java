package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.List;

/**
 * Extraction from texts that name their members, with names and values that may be any word: how to
 * read a schema and to copy, without any grammar to learn by heart.
 */
final class RecordLesson implements Lesson {

  private static final List<String> TEXT_KINDS =
      List.of(
          "letters", "syllables", "made-name", "fragments", "fragment-name", "code", "iso-date");
  private static final List<String> NUMBER_KINDS = List.of("count", "large", "money");
  private static final List<String> ASSIGNMENTS = List.of(": ", " = ", " is ", " ", " - ");
  private static final List<String> SEPARATORS = List.of(", ", "; ", "\n", ". ", " | ");

  private final Grammar grammar = Grammar.read("copying", "words");
  private final long seed;

  RecordLesson(long seed) {
    this.seed = seed;
  }

  @Override
  public String name() {
    return "records";
  }

  @Override
  public Exercise exercise(Split split, long index) {
    Draws draws = Draws.of(seed, name(), split, index);
    boolean keptBack = split == Split.NEW_VALUES;
    List<SchemaQuestion.Member> stated = new ArrayList<>();
    List<String> values = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    String assignment = draws.pick(ASSIGNMENTS);
    int count = draws.between(1, 4);
    while (stated.size() < count) {
      String key =
          draws.chance(70)
              ? draws.pick(grammar.rule("key").phrases()).source()
              : Values.draw("syllables", false, draws);
      if (stated.stream().anyMatch(member -> member.name().equals(key))) {
        continue;
      }
      boolean number = draws.chance(25);
      String value = Values.draw(draws.pick(number ? NUMBER_KINDS : TEXT_KINDS), keptBack, draws);
      values.add(value);
      String content = value;
      if (!number && draws.chance(30)) {
        String second = Values.draw("made-name", keptBack, draws);
        values.add(second);
        content = value + " " + second;
      }
      lines.add(key + assignment + content);
      String type = number ? value.contains(".") ? "number" : "integer" : "string";
      stated.add(
          new SchemaQuestion.Member(
              key, "{\"type\":\"" + type + "\"}", number ? content : "\"" + content + "\""));
    }
    draws.shuffle(lines);
    String text = String.join(draws.pick(SEPARATORS), lines);
    List<SchemaQuestion.Member> asked =
        stated.subList(0, draws.chance(50) ? stated.size() : draws.between(1, stated.size()));
    return new Exercise(
        SchemaQuestion.prompt(asked, draws.chance(70), draws.chance(15), text),
        SchemaQuestion.answer(asked),
        name(),
        List.of(),
        values);
  }
}
