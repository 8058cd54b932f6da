package dev.candor.cli;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a weights file says of itself. Nothing is loaded. */
final class ModelFacts {

  private ModelFacts() {}

  /** As members of a JSON object. */
  static Map<String, Object> of(LoadedModel.Found found) {
    try (Checkpoint checkpoint = Checkpoint.open(found.weights())) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", found.name());
      facts.put("weights", found.weights().toString());
      found.digest().ifPresent(digest -> facts.put("digest", digest));
      facts.put("architecture", checkpoint.architecture());
      for (String key :
          new String[] {
            "vocab_size",
            "hidden_size",
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "max_position_embeddings",
            "sliding_window"
          }) {
        checkpoint.config().value(key).ifPresent(value -> facts.put(camelCase(key), text(value)));
      }
      long parameters = 0;
      Map<BlockFormat, Long> bytes = new TreeMap<>();
      for (Tensor tensor : checkpoint.tensors()) {
        parameters += tensor.elements();
        bytes.merge(tensor.format(), tensor.data().byteSize(), Long::sum);
      }
      facts.put("tensors", checkpoint.tensors().size());
      facts.put("parameters", parameters);
      facts.put("weightBytes", checkpoint.weightBytes());
      Map<String, Object> formats = new LinkedHashMap<>();
      bytes.forEach((format, size) -> formats.put(format.name(), size));
      facts.put("bytesByFormat", formats);
      return facts;
    }
  }

  private static Object text(Object value) {
    return value instanceof Number ? value : value.toString();
  }

  /** {@code vocab_size} is vocabSize. */
  private static String camelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.split("_")) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }
}
