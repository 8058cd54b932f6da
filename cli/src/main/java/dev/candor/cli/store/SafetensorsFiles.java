package dev.candor.cli.store;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Which files of a folder or repository are its safetensors checkpoint. */
final class SafetensorsFiles {

  private static final String WHOLE = "model.safetensors";
  private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");
  private static final String INDEX = "model.safetensors.index.json";

  /** What a model comes with besides its weights. */
  private static final List<String> SIDE_FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.txt",
          "chat_template.jinja",
          "chat_template.json",
          INDEX,
          "LICENSE",
          "NOTICE",
          "README.md");

  private SafetensorsFiles() {}

  /**
   * The names of the checkpoint's files: its weights, whole or else in shards, and what belongs to
   * them. Other tensors that lie beside them, such as adapters or outputs, are not part of it.
   *
   * @param names paths relative to the folder
   * @return in the order given; empty if there is no checkpoint
   */
  static List<String> of(Collection<String> names) {
    boolean whole = names.contains(WHOLE);
    List<String> weights =
        names.stream()
            .filter(name -> whole ? name.equals(WHOLE) : SHARD.matcher(name).matches())
            .toList();
    if (weights.isEmpty() || !names.contains("config.json")) {
      return List.of();
    }
    return names.stream()
        .filter(name ->
            weights.contains(name) || (SIDE_FILES.contains(name) && !(whole && name.equals(INDEX))))
        .toList();
  }
}
