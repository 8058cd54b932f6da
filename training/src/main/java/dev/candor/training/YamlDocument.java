package dev.candor.training;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads what people write: one YAML document, as the values that JSON has. */
public final class YamlDocument {

  /** The longest document, in bytes. */
  private static final int LONGEST = 1 << 20;

  private YamlDocument() {}

  /**
   * Reads a file whose outermost value is a mapping.
   *
   * @throws TrainingException {@code training.malformed} or {@code training.too-large}
   */
  public static JsonObject read(Path file) {
    String name = String.valueOf(file.getFileName());
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > LONGEST) {
      throw new TrainingException(
          "too-large",
          name + " is longer than " + LONGEST + " bytes",
          "Give a YAML file that a person has written.");
    }
    JsonNode root;
    try {
      root =
          YAMLMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(bytes);
    } catch (JacksonException e) {
      throw new TrainingException(
          "malformed",
          name + " is not YAML: " + e.getOriginalMessage(),
          "Correct the file; lines that belong together are indented alike.");
    }
    if (!root.isObject()) {
      throw new TrainingException(
          "malformed",
          name + " does not consist of keys and values",
          "Write one 'key: value' on a line.");
    }
    return object(root, name);
  }

  private static JsonObject object(JsonNode node, String what) {
    Map<String, Object> members = new LinkedHashMap<>();
    node.properties()
        .forEach(member ->
            members.put(member.getKey(), value(member.getValue(), what + ": " + member.getKey())));
    return new JsonObject(members, what);
  }

  private static Object value(JsonNode node, String what) {
    return switch (node.getNodeType()) {
      case OBJECT -> object(node, what);
      case ARRAY -> {
        List<Object> elements = new ArrayList<>();
        for (JsonNode element : node) {
          elements.add(value(element, what + "[" + elements.size() + "]"));
        }
        yield elements;
      }
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.canConvertToLong() && node.isIntegralNumber()
              ? (Object) node.longValue()
              : (Object) node.doubleValue();
      case STRING -> node.stringValue();
      default -> Json.NULL;
    };
  }
}
