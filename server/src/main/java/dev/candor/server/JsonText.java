package dev.candor.server;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes JSON: maps in their order, lists, numbers, texts, and what {@link Json} has read. */
public final class JsonText {

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private JsonText() {}

  /** As text, in one line. */
  public static String of(Object value) {
    return MAPPER.writeValueAsString(plain(value));
  }

  /** As UTF-8. */
  public static byte[] bytes(Object value) {
    return of(value).getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object plain(Object value) {
    if (value == Json.NULL) {
      return null;
    }
    if (value instanceof JsonObject object) {
      return plain(object.members());
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((name, each) -> plain.put(String.valueOf(name), plain(each)));
      return plain;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> plain = new ArrayList<>();
      list.forEach(each -> plain.add(plain(each)));
      return plain;
    }
    return value;
  }
}
