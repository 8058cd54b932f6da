package dev.candor.training.lessons;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the command extract asks, and what it lets a model answer. */
final class SchemaQuestion {

  /**
   * A member of the schema.
   *
   * @param schema of its value, JSON
   * @param value JSON; empty if the text does not say, then the member is not required
   */
  record Member(String name, String schema, String value) {}

  private SchemaQuestion() {}

  /**
   * @param spaced whether the schema has spaces behind its commas and colons
   * @param required whether the schema names those that are required; the others may be left out
   */
  static String prompt(List<Member> members, boolean required, boolean spaced, String text) {
    String properties =
        members.stream()
            .map(member -> "\"" + member.name() + "\":" + member.schema())
            .collect(Collectors.joining(","));
    List<String> stated = new ArrayList<>();
    for (Member member : members) {
      if (!member.value().isEmpty()) {
        stated.add("\"" + member.name() + "\"");
      }
    }
    String schema =
        "{\"type\":\"object\",\"properties\":{"
            + properties
            + "}"
            + (required && !stated.isEmpty()
                ? ",\"required\":[" + String.join(",", stated) + "]"
                : "")
            + "}";
    return "Extract from the text what this JSON schema asks for. Answer with the JSON only."
        + "\n\nSchema: "
        + (spaced ? spaced(schema) : schema)
        + "\n\nText: "
        + text;
  }

  /** With a space behind each comma and colon, as the engine's constraint has it. */
  static String answer(List<Member> members) {
    return members.stream()
        .filter(member -> !member.value().isEmpty())
        .map(member -> "\"" + member.name() + "\": " + member.value())
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Names and types have neither commas nor colons in them. */
  private static String spaced(String schema) {
    return schema.replace(":", ": ").replace(",", ", ");
  }
}
