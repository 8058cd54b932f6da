package dev.candor.engine.generation;

import dev.candor.engine.TemplateException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.templates.TemplateLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chat template of a Hugging Face folder and the special tokens it names.
 *
 * @param template chat_template.jinja, or what tokenizer_config.json or chat_template.json has
 * @param variables {@code bos_token} and the like
 */
record ChatFiles(Optional<String> template, Map<String, Object> variables) {

  private static final List<String> TOKENS =
      List.of("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token");

  static ChatFiles of(Path folder) {
    Optional<JsonObject> config = document(folder, "tokenizer_config.json");
    Optional<String> template =
        text(folder, "chat_template.jinja")
            .or(() -> config.flatMap(ChatFiles::template))
            .or(() -> document(folder, "chat_template.json").flatMap(ChatFiles::template));
    Map<String, Object> variables = new HashMap<>();
    for (String name : TOKENS) {
      config.flatMap(object -> token(object, name)).ifPresent(token -> variables.put(name, token));
    }
    return new ChatFiles(template, variables);
  }

  /** A template, or the one called default of several. */
  private static Optional<String> template(JsonObject config) {
    Object value = config.value("chat_template").orElse("");
    if (value instanceof List<?> several) {
      for (Object element : several) {
        if (element instanceof JsonObject named
            && named.optionalString("name").equals(Optional.of("default"))) {
          return named.optionalString("template");
        }
      }
      return Optional.empty();
    }
    return config.optionalString("chat_template");
  }

  private static Optional<String> token(JsonObject config, String name) {
    Object value = config.value(name).orElse("");
    return value instanceof JsonObject added
        ? added.optionalString("content")
        : config.optionalString(name);
  }

  private static Optional<JsonObject> document(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(Json.parseObject(in, Json.Limits.CONFIG, name));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static Optional<String> text(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(4 * TemplateLimits.SOURCE_CHARACTERS);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static TemplateException unreadable(String name, IOException cause) {
    return new TemplateException(
        "unreadable",
        name + " cannot be read: " + cause.getMessage(),
        "Check that the file may be read.");
  }
}
