package dev.candor.engine.weights;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.WeightSource.TokenizerFiles;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Ids of the tokens with a role, and whether they are added to a text, under llama.cpp's keys. A
 * role comes from tokenizer_config.json, else from config.json, else from the token's customary
 * spelling in WordPiece.
 */
record SpecialTokens(TokenizerFiles files, JsonObject config, Map<String, Integer> ids) {

  private static final String PREFIX = "tokenizer.ggml.";

  /** Role in Hugging Face's files to llama.cpp's key, misspelling included. */
  private static final Map<String, String> KEYS = new LinkedHashMap<>();

  static {
    KEYS.put("bos", "bos_token_id");
    KEYS.put("eos", "eos_token_id");
    KEYS.put("unk", "unknown_token_id");
    KEYS.put("sep", "seperator_token_id");
    KEYS.put("pad", "padding_token_id");
    KEYS.put("cls", "cls_token_id");
    KEYS.put("mask", "mask_token_id");
  }

  void write(GgufMetadata metadata) {
    Map<String, Integer> roles = new LinkedHashMap<>();
    for (String role : KEYS.keySet()) {
      id(role).ifPresent(id -> roles.put(role, id));
    }
    // BERT's [CLS] and [SEP] stand where others have a beginning and an end.
    Optional.ofNullable(roles.get("cls")).ifPresent(id -> roles.putIfAbsent("bos", id));
    Optional.ofNullable(roles.get("sep")).ifPresent(id -> roles.putIfAbsent("eos", id));
    roles.forEach((role, id) -> metadata.whole(PREFIX + KEYS.get(role), id));

    List<?> single = template();
    metadata.bool(PREFIX + "add_bos_token", !single.isEmpty() && isSpecial(single.getFirst()));
    metadata.bool(PREFIX + "add_eos_token", !single.isEmpty() && isSpecial(single.getLast()));
  }

  /** The chat template, from its own file or tokenizer_config.json. */
  static Optional<String> chatTemplate(TokenizerFiles files) {
    if (files.chatTemplate().isPresent()) {
      return files.chatTemplate();
    }
    Optional<Object> value = files.tokenizerConfig().value("chat_template");
    if (value.isPresent() && value.get() instanceof List<?> named) {
      for (Object element : named) {
        if (element instanceof JsonObject template
            && template.optionalString("name").equals(Optional.of("default"))) {
          return template.optionalString("template");
        }
      }
      return Optional.empty();
    }
    return files.tokenizerConfig().optionalString("chat_template");
  }

  private Optional<Integer> id(String role) {
    Optional<Object> named = files.tokenizerConfig().value(role + "_token");
    Optional<String> spelling =
        named.isPresent() && named.get() instanceof JsonObject token
            ? token.optionalString("content")
            : files.tokenizerConfig().optionalString(role + "_token");
    return spelling
        .map(ids::get)
        .or(() -> fromConfig(role))
        .or(() -> Optional.ofNullable(ids.get("[" + role.toUpperCase(Locale.ROOT) + "]")));
  }

  private Optional<Integer> fromConfig(String role) {
    return config
        .value(role + "_token_id")
        .map(value ->
            value instanceof List<?> several && !several.isEmpty() ? several.getFirst() : value)
        .filter(Long.class::isInstance)
        .map(value -> ((Long) value).intValue())
        .filter(ids::containsValue);
  }

  /** The pieces around a single text, if the post-processor has a template. */
  private List<?> template() {
    Optional<JsonObject> processor = files.tokenizer().object("post_processor");
    if (processor.isEmpty()) {
      return List.of();
    }
    for (Object step : processor.get().list("processors").orElse(List.of(processor.get()))) {
      if (step instanceof JsonObject object
          && object.optionalString("type").equals(Optional.of("TemplateProcessing"))) {
        return object.list("single").orElse(List.of());
      }
    }
    return List.of();
  }

  private static boolean isSpecial(Object piece) {
    return piece instanceof JsonObject object && object.has("SpecialToken");
  }
}
