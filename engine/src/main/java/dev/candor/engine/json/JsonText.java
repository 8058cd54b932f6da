package dev.candor.engine.json;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes plain values, as {@link Json#parse} gives them, as one JSON document without spaces. */
public final class JsonText {

  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /**
   * The document of a value: {@link JsonObject}, {@link Map}, {@link List}, {@link String}, {@link
   * Long}, {@link Integer}, {@link Double}, {@link Boolean} or {@link Json#NULL}.
   *
   * @throws IllegalArgumentException for a value of any other type
   */
  public static String of(Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      write(generator, value);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, Object value) {
    switch (value) {
      case JsonObject object -> writeMembers(generator, object.members());
      case Map<?, ?> members -> writeMembers(generator, members);
      case List<?> elements -> {
        generator.writeStartArray();
        for (Object element : elements) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case String string -> generator.writeString(string);
      case Long number -> generator.writeNumber(number);
      case Integer number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      case Boolean bool -> generator.writeBoolean(bool);
      default -> {
        if (value != Json.NULL) {
          throw new IllegalArgumentException(value.getClass() + " has no JSON form");
        }
        generator.writeNull();
      }
    }
  }

  private static void writeMembers(JsonGenerator generator, Map<?, ?> members) {
    generator.writeStartObject();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      generator.writeName(String.valueOf(member.getKey()));
      write(generator, member.getValue());
    }
    generator.writeEndObject();
  }
}
