package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a weights file says of itself, and the memory that follows from it. Nothing is computed. */
final class ModelFacts {

  private ModelFacts() {}

  /** As members of a JSON object. */
  static Map<String, Object> of(LoadedModel.Found found) {
    try (Checkpoint checkpoint = Checkpoint.open(found.weights())) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("name", found.name());
      facts.put("weights", found.weights().toString());
      found.digest().or(checkpoint::sourceDigest).ifPresent(digest -> facts.put("digest", digest));
      facts.put("packed", checkpoint.sourceDigest().isPresent());
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
      if (Architectures.decoders().contains(checkpoint.architecture())) {
        putMemory(facts, checkpoint);
      }
      return facts;
    }
  }

  /** What a session of the usual length takes besides the weights. */
  private static void putMemory(Map<String, Object> facts, Checkpoint checkpoint) {
    int threads = LoadOptions.defaults().threads();
    try (WorkerPool pool = new PersistentWorkerPool(threads)) {
      CausalModel model = Architectures.load(checkpoint, new Compute(new ScalarKernels(), pool));
      int context = Math.min(ModelArguments.USUAL_CONTEXT, model.contextLength());
      facts.put("contextTokens", context);
      facts.put("stateBytes", model.stateBytes(context, BlockFormat.F16));
      facts.put("workingBytes", model.workingBytes(context));
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
