package dev.candor.server.answers.tools;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.server.answers.AnswerPart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the object of one call, character by character: the name, then the arguments as they come,
 * whichever comes first and whatever else is in it.
 */
final class CallScanner {

  private static final Json.Limits NAME = new Json.Limits(1 << 16, 4, 16);

  private final int index;
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder key = new StringBuilder();
  private final StringBuilder value = new StringBuilder();
  private final StringBuilder early = new StringBuilder();
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean behindColon;
  private boolean valueBegun;
  private boolean begun;
  private boolean done;

  CallScanner(int index) {
    this.index = index;
  }

  boolean isOutside() {
    return raw.isEmpty();
  }

  boolean isDone() {
    return done;
  }

  /** Whether the name has come, and so the call. */
  boolean hasBegun() {
    return begun;
  }

  /** All of it, as it was written. */
  String raw() {
    return raw.toString();
  }

  /** Reads on; returns how many characters belong to the object. */
  int read(CharSequence text, List<AnswerPart> parts) {
    StringBuilder arguments = new StringBuilder();
    int at = 0;
    while (at < text.length() && !done) {
      step(text.charAt(at++), arguments, parts);
    }
    tell(arguments, parts);
    return at;
  }

  private void step(char c, StringBuilder arguments, List<AnswerPart> parts) {
    raw.append(c);
    boolean wasInString = inString;
    if (inString) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        inString = false;
      }
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      depth++;
    } else if (c == '}' || c == ']') {
      depth--;
    }
    boolean top = depth == 1 && !wasInString && !inString;
    if (depth == 0) {
      endOfValue(arguments, parts);
      done = true;
    } else if (top && c == ':' && !behindColon) {
      behindColon = true;
      valueBegun = false;
      value.setLength(0);
    } else if (top && c == ',' && behindColon) {
      endOfValue(arguments, parts);
      behindColon = false;
      key.setLength(0);
    } else if (!behindColon) {
      if (raw.length() > 1) {
        key.append(c);
      }
    } else if (valueBegun || !Character.isWhitespace(c)) {
      valueBegun = true;
      value.append(c);
      if (isArguments() && value.charAt(0) != '"') {
        arguments.append(c);
      }
    }
  }

  private String keyName() {
    return key.toString().replace("\"", "").strip();
  }

  private boolean isArguments() {
    String name = keyName();
    return name.equals("arguments") || name.equals("parameters");
  }

  private void endOfValue(StringBuilder arguments, List<AnswerPart> parts) {
    String text = value.toString().strip();
    if (keyName().equals("name") && text.startsWith("\"")) {
      tell(arguments, parts);
      begun = true;
      parts.add(new AnswerPart.CallBegun(index, unquoted(text)));
      if (!early.isEmpty()) {
        parts.add(new AnswerPart.CallArguments(index, early.toString()));
      }
    } else if (isArguments() && text.startsWith("\"")) {
      // Some models write the object as a text.
      arguments.append(unquoted(text));
      tell(arguments, parts);
    } else {
      tell(arguments, parts);
    }
    value.setLength(0);
  }

  private void tell(StringBuilder arguments, List<AnswerPart> parts) {
    if (arguments.isEmpty()) {
      return;
    }
    if (begun) {
      parts.add(new AnswerPart.CallArguments(index, arguments.toString()));
    } else {
      early.append(arguments);
    }
    arguments.setLength(0);
  }

  private static String unquoted(String text) {
    try {
      Object parsed =
          Json.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), NAME, "name");
      return String.valueOf(parsed);
    } catch (ConfigException e) {
      return text;
    }
  }
}
