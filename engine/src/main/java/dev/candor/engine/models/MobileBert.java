package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.models.TransformerEncoder.Pooler;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MobileBERT (arXiv 2004.02984): deep and narrow. Between wide hidden states, each layer works in a
 * bottleneck, with several feed-forward networks one after the other.
 *
 * <pre>
 *   x = norm(transform(word[t+1], word[t], word[t−1]) + type + position)
 *   each layer:  b = bottleneck(x)
 *                s = shared bottleneck(x), input of queries and keys; values are made of x
 *                h = norm(output(attention(s, s, x)) + b)
 *                h = norm(mlp(h) + h), several times
 *                x = norm(widen(h) + x)
 *   pooled = tanh(dense(x[0])), or x[0]
 * </pre>
 *
 * Variants: one bottleneck for all inputs of the attention, or none at all.
 */
final class MobileBert {

  /** The ε of those layer norms that the reference builds without one. */
  private static final float DEFAULT_EPSILON = 1e-5f;

  private static final int MAXIMUM_NETWORKS = 64;

  private MobileBert() {}

  /** A small embedding, widened together with its neighbours. */
  record Embeddings(
      Embedding words,
      boolean trigram,
      Optional<Linear> transform,
      Embedding types,
      Embedding positions,
      Norm norm)
      implements TransformerEncoder.Embeddings {

    @Override
    public int vocabularySize() {
      return words.size();
    }

    @Override
    public int tokenTypes() {
      return types.size();
    }

    @Override
    public int contextLength() {
      return positions.size();
    }

    @Override
    public void apply(Compute compute, EncoderInput input, float[] x) {
      int tokens = input.tokens();
      int narrow = words.width();
      int stride = trigram ? 3 * narrow : narrow;
      float[] in = transform.isPresent() ? new float[tokens * stride] : x;
      for (int t = 0; t < tokens; t++) {
        if (trigram) {
          look(compute, input, t + 1, in, t * stride);
          look(compute, input, t, in, t * stride + narrow);
          look(compute, input, t - 1, in, t * stride + 2 * narrow);
        } else {
          look(compute, input, t, in, t * stride);
        }
      }
      transform.ifPresent(wide -> wide.apply(compute, in, 0, stride, tokens, x, 0, wide.outputs()));
      Bert.addPlaces(compute, types, positions, input, x);
      norm.apply(compute, x, 0, norm.width(), tokens, x, 0, norm.width());
    }

    /** The embedding of token t; zeros, which are there already, beyond the text. */
    private void look(Compute compute, EncoderInput input, int t, float[] out, int offset) {
      if (t >= 0 && t < input.tokens()) {
        words.lookUp(compute.kernels(), input.ids(), t, t + 1, out, offset, words.width());
      }
    }
  }

  /** From wide hidden states to narrow ones. */
  record Bottleneck(Linear dense, Norm norm) {
    void apply(Compute compute, float[] x, int tokens, float[] y) {
      dense.apply(compute, x, 0, dense.inputs(), tokens, y, 0, dense.outputs());
      norm.apply(compute, y, 0, norm.width(), tokens, y, 0, norm.width());
    }
  }

  /**
   * One layer.
   *
   * @param input bottleneck, if there is one
   * @param shared the bottleneck of queries and keys, if they have one of their own
   * @param valuesNarrow whether values are made of the narrow hidden states
   * @param networks feed-forward networks, one after the other
   * @param widen from narrow hidden states back to wide ones, if there is a bottleneck
   */
  record Layer(
      Optional<Bottleneck> input,
      Optional<Bottleneck> shared,
      boolean valuesNarrow,
      BidirectionalAttention attention,
      ResidualNorm attentionOutput,
      List<FeedForward> networks,
      Optional<ResidualNorm> widen)
      implements TransformerEncoder.Layer {

    @Override
    public void apply(EncoderPass pass, float[] x) {
      Compute compute = pass.compute();
      int tokens = pass.tokens();
      float[] narrow = input.isPresent() ? pass.first : x;
      input.ifPresent(bottleneck -> bottleneck.apply(compute, x, tokens, narrow));
      float[] queries = shared.isPresent() ? pass.second : valuesNarrow ? narrow : x;
      shared.ifPresent(bottleneck -> bottleneck.apply(compute, x, tokens, queries));
      attention.apply(pass, queries, queries, valuesNarrow ? narrow : x);

      float[] h = pass.third;
      float[] other = pass.fourth;
      attentionOutput.apply(compute, pass.context, tokens, narrow, h);
      for (FeedForward network : networks) {
        network.apply(compute, h, tokens, pass.workspace, other);
        float[] swap = h;
        h = other;
        other = swap;
      }
      if (widen.isPresent()) {
        widen.get().apply(compute, h, tokens, x, pass.second);
        System.arraycopy(pass.second, 0, x, 0, x.length);
      } else {
        System.arraycopy(h, 0, x, 0, x.length);
      }
    }
  }

  /** How wide things are, and which norm stands between them. */
  private record Sizes(
      int wide,
      int narrow,
      int intermediate,
      boolean normalized,
      float epsilon,
      Activation activation) {

    Norm norm(EncoderTensors tensors, String name, int width, float epsilon) {
      return normalized
          ? tensors.layerNorm(name + ".LayerNorm", width, epsilon)
          : tensors.noNorm(name + ".LayerNorm", width);
    }

    Bottleneck bottleneck(EncoderTensors tensors, String name) {
      return new Bottleneck(
          tensors.linear(name + ".dense", narrow, wide), norm(tensors, name, narrow, epsilon));
    }

    ResidualNorm residual(
        EncoderTensors tensors, String name, int outputs, int inputs, float epsilon) {
      return new ResidualNorm(
          tensors.linear(name + ".dense", outputs, inputs), norm(tensors, name, outputs, epsilon));
    }

    FeedForward network(EncoderTensors tensors, String name, float epsilon) {
      return new FeedForward(
          tensors.linear(name + "intermediate.dense", intermediate, narrow),
          activation,
          residual(tensors, name + "output", narrow, intermediate, epsilon));
    }
  }

  /** A checkpoint of {@code model_type} mobilebert. */
  static EncoderModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    EncoderTensors tensors = new EncoderTensors(checkpoint, compute.kernels(), "mobilebert.");
    boolean bottleneck = h.config().bool("use_bottleneck", true);
    int wide = h.width();
    int narrow = bottleneck ? h.config().integer("intra_bottleneck_size", 1, 1 << 17, 128) : wide;
    Hyperparameters.requireDivides("num_attention_heads", h.heads(), "its width", narrow);
    Sizes sizes =
        new Sizes(
            wide,
            narrow,
            h.intermediate(),
            normalized(h),
            h.epsilon("layer_norm_eps", 1e-12),
            h.activation("hidden_act", "relu"));

    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < h.layers(); i++) {
      layers.add(layer(h, tensors, sizes, bottleneck, "encoder.layer." + i + "."));
    }
    Embeddings embeddings = embeddings(h, tensors, sizes);
    boolean activated = h.config().bool("classifier_activation", true);
    Optional<Pooler> pooler =
        !activated
            ? Optional.of(new Pooler(Optional.empty()))
            : tensors.has("pooler.dense.weight")
                ? Optional.of(new Pooler(Optional.of(tensors.linear("pooler.dense", wide, wide))))
                : Optional.empty();
    Optional<Linear> classifier = tensors.classifier(wide, pooler.isPresent());
    tensors.requireNothingElse();
    return new TransformerEncoder(
        checkpoint.architecture(),
        compute,
        wide,
        new TransformerEncoder.Widths(
            Math.max(wide, narrow),
            KeyValueCache.Heads.equal(h.heads(), narrow / h.heads()),
            h.intermediate()),
        embeddings,
        layers,
        pooler,
        classifier);
  }

  private static boolean normalized(Hyperparameters h) {
    String type = h.config().optionalString("normalization_type").orElse("no_norm");
    return switch (type) {
      case "layer_norm" -> true;
      case "no_norm" -> false;
      default ->
          throw Hyperparameters.unsupported(
              "normalization_type", type, "Supported are no_norm and layer_norm.");
    };
  }

  private static Embeddings embeddings(Hyperparameters h, EncoderTensors tensors, Sizes sizes) {
    int small = h.config().integer("embedding_size", 1, 1 << 17, 128);
    boolean trigram = h.config().bool("trigram_input", true);
    int stride = trigram ? 3 * small : small;
    String transformation = "embeddings.embedding_transformation";
    boolean transformed = trigram || small != sizes.wide();
    if (!transformed) {
      tensors.ignore(transformation);
    }
    return new Embeddings(
        tensors.embedding("embeddings.word_embeddings", h.vocabulary(), small),
        trigram,
        transformed
            ? Optional.of(tensors.linear(transformation, sizes.wide(), stride))
            : Optional.empty(),
        tensors.embedding("embeddings.token_type_embeddings", tensors.tokenTypes(h), sizes.wide()),
        tensors.embedding("embeddings.position_embeddings", h.context(), sizes.wide()),
        sizes.norm(tensors, "embeddings", sizes.wide(), DEFAULT_EPSILON));
  }

  private static Layer layer(
      Hyperparameters h, EncoderTensors tensors, Sizes sizes, boolean bottleneck, String name) {
    int wide = sizes.wide();
    int narrow = sizes.narrow();
    boolean allNarrow = bottleneck && h.config().bool("use_bottleneck_attention", false);
    boolean shared =
        bottleneck && !allNarrow && h.config().bool("key_query_shared_bottleneck", true);
    if (bottleneck && !allNarrow && !shared && wide != narrow) {
      throw Hyperparameters.unsupported(
          "key_query_shared_bottleneck",
          "false without use_bottleneck_attention",
          "Use a file that sets one of the two.");
    }
    if (!shared) {
      tensors.ignore(name + "bottleneck.attention.");
    }
    String self = name + "attention.self.";
    List<FeedForward> networks = new ArrayList<>();
    int count = h.config().integer("num_feedforward_networks", 1, MAXIMUM_NETWORKS, 4);
    for (int i = 0; i < count - 1; i++) {
      networks.add(sizes.network(tensors, name + "ffn." + i + ".", sizes.epsilon()));
    }
    networks.add(sizes.network(tensors, name, DEFAULT_EPSILON));
    return new Layer(
        bottleneck
            ? Optional.of(sizes.bottleneck(tensors, name + "bottleneck.input"))
            : Optional.empty(),
        shared
            ? Optional.of(sizes.bottleneck(tensors, name + "bottleneck.attention"))
            : Optional.empty(),
        allNarrow,
        new BidirectionalAttention(
            tensors.linear(self + "query", narrow, narrow),
            tensors.linear(self + "key", narrow, narrow),
            tensors.linear(self + "value", narrow, allNarrow ? narrow : wide),
            h.heads()),
        sizes.residual(tensors, name + "attention.output", narrow, narrow, sizes.epsilon()),
        networks,
        bottleneck
            ? Optional.of(
                sizes.residual(tensors, name + "output.bottleneck", wide, narrow, sizes.epsilon()))
            : Optional.empty());
  }
}
