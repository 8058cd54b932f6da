package dev.candor.governance.decisions;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One JSON object in the order in which it is written: the same members, the same bytes. By the
 * streaming generator, as a start of the program should not load a data binding for it.
 */
final class JsonWriter {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out);

  JsonWriter() {
    json.writeStartObject();
  }

  JsonWriter text(String name, String value) {
    json.writeStringProperty(name, value);
    return this;
  }

  JsonWriter number(String name, long value) {
    json.writeNumberProperty(name, value);
    return this;
  }

  JsonWriter number(String name, float value) {
    json.writeNumberProperty(name, value);
    return this;
  }

  JsonWriter flag(String name, boolean value) {
    json.writeBooleanProperty(name, value);
    return this;
  }

  JsonWriter numbers(String name, int[] values) {
    json.writeName(name);
    json.writeArray(values, 0, values.length);
    return this;
  }

  JsonWriter doubles(String name, List<Double> values) {
    json.writeName(name);
    json.writeStartArray();
    values.forEach(json::writeNumber);
    json.writeEndArray();
    return this;
  }

  JsonWriter texts(String name, List<String> values) {
    json.writeName(name);
    json.writeStartArray();
    values.forEach(json::writeString);
    json.writeEndArray();
    return this;
  }

  JsonWriter object(String name, Runnable members) {
    json.writeName(name);
    json.writeStartObject();
    members.run();
    json.writeEndObject();
    return this;
  }

  /** All of it; nothing can be added afterwards. */
  byte[] bytes() {
    json.writeEndObject();
    json.close();
    return out.toByteArray();
  }
}
