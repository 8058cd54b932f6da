package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.util.List;

/**
 * What may be extracted from a text, as a grammar's rule {@code fields} has it:
 *
 * <pre>
 * customer string {company} as customer, client
 * amount number {money} as amount, total
 * paid boolean as paid
 * status enum open closed as status, state
 * </pre>
 *
 * <p>Booleans and enumerations have a rule of phrases for each value: {@code paid.true}, {@code
 * status.open}.
 *
 * @param slot its name in phrases
 * @param type string, integer, number, boolean or enum
 * @param choices of an enumeration
 * @param content what fills it
 * @param names it may have in a schema
 */
record Field(String slot, String type, List<String> choices, Phrase content, List<String> names) {

  static Field parse(Phrase line) {
    String[] sides = line.source().split(" as ", 2);
    String[] words = sides[0].split(" ", 3);
    if (sides.length < 2 || words.length < 2) {
      throw new TrainingException(
          "grammar",
          "not a field: " + line.source(),
          "Write a slot, a type, what fills it, then as and the names in a schema.");
    }
    String content = words.length > 2 ? words[2] : "";
    List<String> choices =
        switch (words[1]) {
          case "boolean" -> List.of("true", "false");
          case "enum" -> List.of(content.split(" "));
          default -> List.of();
        };
    return new Field(
        words[0],
        words[1],
        choices,
        Phrase.parse(choices.isEmpty() ? content : ""),
        List.of(sides[1].split(", ")));
  }

  /** Its value in JSON. */
  String json(String value) {
    return type.equals("string") || type.equals("enum")
        ? "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
        : value;
  }

  /** Its schema in JSON. */
  String schema() {
    return type.equals("enum")
        ? "{\"enum\":[\"" + String.join("\",\"", choices) + "\"]}"
        : "{\"type\":\"" + type + "\"}";
  }
}
