package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A piece of an answer, and where it stands in the text that was asked about.
 *
 * @param name of the field of a JSON answer, such as {@code /person/age}; empty in free text
 * @param value the piece
 * @param source where it stands, letter for letter but for case; empty if it does not
 */
public record GroundedPiece(String name, String value, Optional<Span> source) {

  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{N}'’.,/-]*[\\p{L}\\p{N}])?");

  /** Shorter words stand in any text. */
  private static final int SHORTEST_WORD = 4;

  /** The fields of a JSON object, or else the words of free text, neighbours together. */
  static List<GroundedPiece> of(String answer, String text) {
    try {
      JsonNode json = JsonMapper.shared().readTree(answer);
      if (json != null && json.isObject()) {
        List<GroundedPiece> pieces = new ArrayList<>();
        fields("", json, text, pieces);
        return pieces;
      }
    } catch (JacksonException e) {
      // It is no JSON, then.
    }
    return words(answer, text);
  }

  private static void fields(String name, JsonNode json, String text, List<GroundedPiece> pieces) {
    if (json.isObject()) {
      json.properties()
          .forEach(member -> fields(name + "/" + member.getKey(), member.getValue(), text, pieces));
    } else if (json.isArray()) {
      for (int i = 0; i < json.size(); i++) {
        fields(name + "/" + i, json.get(i), text, pieces);
      }
    } else {
      String value = json.isString() ? json.stringValue() : json.toString();
      pieces.add(new GroundedPiece(name, value, find(value, text)));
    }
  }

  /** The longest runs of words that stand in the text as they are; other words alone. */
  private static List<GroundedPiece> words(String answer, String text) {
    List<Span> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(answer);
    while (matcher.find()) {
      words.add(new Span(matcher.start(), matcher.end()));
    }
    List<GroundedPiece> pieces = new ArrayList<>();
    for (int i = 0; i < words.size(); ) {
      int end = i + 1;
      Optional<Span> found = Optional.empty();
      for (int j = i; j < words.size(); j++) {
        Optional<Span> longer =
            find(answer.substring(words.get(i).from(), words.get(j).to()), text);
        if (longer.isEmpty()) {
          break;
        }
        found = longer;
        end = j + 1;
      }
      String value = answer.substring(words.get(i).from(), words.get(end - 1).to());
      boolean tells = end > i + 1 || value.length() >= SHORTEST_WORD || hasDigit(value);
      if (tells) {
        pieces.add(new GroundedPiece("", value, found));
      }
      i = end;
    }
    return pieces;
  }

  private static boolean hasDigit(String value) {
    return value.codePoints().anyMatch(Character::isDigit);
  }

  private static Optional<Span> find(String value, String text) {
    if (value.isBlank()) {
      return Optional.empty();
    }
    Matcher matcher =
        Pattern.compile(
                "(?<![\\p{L}\\p{N}])" + Pattern.quote(value) + "(?![\\p{L}\\p{N}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
            .matcher(text);
    return matcher.find()
        ? Optional.of(new Span(matcher.start(), matcher.end()))
        : Optional.empty();
  }
}
