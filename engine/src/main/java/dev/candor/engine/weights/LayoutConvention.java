package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.WeightSource.SourceTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What llama.cpp's converter does to the tensors of an architecture besides renaming them: rows of
 * Q and K reordered for rotary pairs that are neighbours (Llama, Mistral), 1 added to norms that
 * are used as 1 + w (Gemma), and the factors of scaled rotary embeddings as tensors.
 */
final class LayoutConvention {

  /** What no inference reads: buffers, and heads of the pre-training. */
  private static final Pattern NEVER_READ =
      Pattern.compile(
          ".*\\.rotary_emb\\.inv_freq|.*embeddings\\.position_ids"
              + "|cls\\.(predictions|seq_relationship)\\..*");

  private final String modelType;
  private final JsonObject config;
  private final GgufTensorNames names;

  LayoutConvention(String modelType, JsonObject config, GgufTensorNames names) {
    this.modelType = modelType;
    this.config = config;
    this.names = names;
  }

  /**
   * The tensors of the file, in the order of the source.
   *
   * @param deviations takes what is left out
   * @throws WeightsException {@code weights.unknown-tensor} for one that the architecture does not
   *     have: leaving it out might change the model
   */
  List<OutputTensor> apply(List<SourceTensor> source, Consumer<Deviation> deviations) {
    List<OutputTensor> tensors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (RotaryFactors.Factors factors : RotaryFactors.of(modelType, config)) {
      tensors.add(OutputTensor.vector(factors.ggufName(), factors.values()));
    }
    for (SourceTensor tensor : source) {
      String name = canonical(tensor.name());
      Optional<String> unread = unread(name);
      if (unread.isPresent()) {
        deviations.accept(
            new Deviation(
                tensor.name(), tensor.shape().toString(), Optional.empty(), unread.get()));
        continue;
      }
      String ggufName =
          names
              .toGguf(name)
              .filter(seen::add)
              .orElseThrow(() ->
                  new WeightsException(
                      "unknown-tensor",
                      "tensor "
                          + WeightsFile.printable(tensor.name())
                          + " is not one that a "
                          + modelType
                          + " model has",
                      "Use a folder of exactly this architecture, without adapters."));
      tensors.add(arranged(OutputTensor.unchanged(tensor, ggufName)));
    }
    return tensors;
  }

  private Optional<String> unread(String name) {
    if (NEVER_READ.matcher(name).matches()) {
      return Optional.of("inference does not read it");
    }
    if (name.equals("lm_head.weight") && tied()) {
      return Optional.of("the embedding serves as head (tie_word_embeddings)");
    }
    return Optional.empty();
  }

  private boolean tied() {
    return config.bool("tie_word_embeddings", modelType.startsWith("gemma"));
  }

  /** The name in the form of today's transformers. */
  private String canonical(String name) {
    if (!modelType.endsWith("bert")) {
      return name;
    }
    String modern = name.replaceFirst("\\.gamma$", ".weight").replaceFirst("\\.beta$", ".bias");
    return modern.startsWith("embeddings.")
            || modern.startsWith("encoder.")
            || modern.startsWith("pooler.")
        ? modelType + "." + modern
        : modern;
  }

  private OutputTensor arranged(OutputTensor tensor) {
    int heads = reorderedHeads(modelType, config, tensor.name());
    if (heads > 0) {
      return neighbours(tensor, heads);
    }
    return modelType.startsWith("gemma") && tensor.name().endsWith("norm.weight")
        ? plusOne(tensor)
        : tensor;
  }

  /** How many heads a layer's rows are, if they are reordered; else 0. */
  static int reorderedHeads(String modelType, JsonObject config, String name) {
    boolean isReordered = modelType.equals("llama") || modelType.equals("mistral");
    if (isReordered && name.contains(".self_attn.q_proj")) {
      return config.integer("num_attention_heads", 1, 1 << 16);
    }
    if (isReordered && name.contains(".self_attn.k_proj")) {
      int heads = config.integer("num_attention_heads", 1, 1 << 16);
      return config.integer("num_key_value_heads", 1, 1 << 16, heads);
    }
    return 0;
  }

  private static OutputTensor plusOne(OutputTensor tensor) {
    OutputTensor.Rows rows = tensor.rows();
    return tensor.with((row, out) -> {
      rows.read(row, out);
      for (int j = 0; j < tensor.shape().getLast(); j++) {
        out[j] += 1;
      }
    });
  }

  /**
   * Within a head of size d, pairs (j, j + d/2) become neighbours (2j, 2j + 1). A weight's rows are
   * reordered, a bias's elements.
   */
  private static OutputTensor neighbours(OutputTensor tensor, int heads) {
    int outputs = tensor.shape().getFirst();
    if (outputs % (2 * heads) != 0) {
      throw new WeightsException(
          "shape",
          "tensor "
              + tensor.name()
              + " has "
              + outputs
              + " rows, which are not heads of even size for "
              + heads
              + " heads",
          "Use weights and a config.json that belong together.");
    }
    int headSize = outputs / heads;
    RowOrder order = RowOrder.neighbours(headSize);
    OutputTensor.Rows rows = tensor.rows();
    if (tensor.shape().size() > 1) {
      return tensor.with((row, out) -> rows.read(order.source((int) row), out));
    }
    return tensor.with((row, out) -> {
      float[] source = new float[outputs];
      rows.read(row, source);
      for (int j = 0; j < outputs; j++) {
        out[j] = source[order.source(j)];
      }
    });
  }
}
