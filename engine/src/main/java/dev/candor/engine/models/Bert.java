package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.models.TransformerEncoder.Pooler;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * BERT (arXiv 1810.04805).
 *
 * <pre>
 *   x = norm(word[token] + type[token type] + position[t])
 *   each layer:  x = norm(output(attention(x)) + x)
 *                x = norm(mlp(x) + x)
 *   pooled = tanh(dense(x[0]))
 *   logits = classifier(pooled)
 * </pre>
 */
final class Bert {

  private Bert() {}

  /** Word, token type and position, added and normalised. */
  record Embeddings(Embedding words, Embedding types, Embedding positions, Norm norm)
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
      words.lookUp(compute.kernels(), input.ids(), 0, input.tokens(), x, 0, words.width());
      addPlaces(compute, types, positions, input, x);
      norm.apply(compute, x, 0, norm.width(), input.tokens(), x, 0, norm.width());
    }
  }

  /** x[t] = x[t] + types[token type] + positions[t]. */
  static void addPlaces(
      Compute compute, Embedding types, Embedding positions, EncoderInput input, float[] x) {
    Kernels kernels = compute.kernels();
    int width = positions.width();
    float[] row = new float[width];
    for (int t = 0; t < input.tokens(); t++) {
      kernels.dequantize(types.weight(), input.types()[t], row, 0);
      kernels.addScaled(1, row, 0, x, t * width, width);
      kernels.dequantize(positions.weight(), t, row, 0);
      kernels.addScaled(1, row, 0, x, t * width, width);
    }
  }

  /** One layer. */
  record Layer(BidirectionalAttention attention, ResidualNorm attentionOutput, FeedForward mlp)
      implements TransformerEncoder.Layer {

    @Override
    public void apply(EncoderPass pass, float[] x) {
      attention.apply(pass, x, x, x);
      attentionOutput.apply(pass.compute(), pass.context, pass.tokens(), x, pass.first);
      mlp.apply(pass.compute(), pass.first, pass.tokens(), pass.workspace, x);
    }
  }

  /** A checkpoint of {@code model_type} bert. */
  static EncoderModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    EncoderTensors tensors = new EncoderTensors(checkpoint, compute.kernels(), "bert.");
    String positions = h.config().optionalString("position_embedding_type").orElse("absolute");
    if (!positions.equals("absolute")) {
      throw Hyperparameters.unsupported(
          "position_embedding_type", positions, "Supported is absolute.");
    }
    if (h.config().bool("is_decoder", false)) {
      throw Hyperparameters.unsupported("is_decoder", true, "Use a model that is an encoder.");
    }
    int width = h.width();
    Hyperparameters.requireDivides("num_attention_heads", h.heads(), "hidden_size", width);
    float epsilon = h.epsilon("layer_norm_eps", 1e-12);
    Activation activation = h.activation("hidden_act", "gelu");

    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < h.layers(); i++) {
      String name = "encoder.layer." + i + ".";
      String self = name + "attention.self.";
      layers.add(
          new Layer(
              new BidirectionalAttention(
                  tensors.linear(self + "query", width, width),
                  tensors.linear(self + "key", width, width),
                  tensors.linear(self + "value", width, width),
                  h.heads()),
              new ResidualNorm(
                  tensors.linear(name + "attention.output.dense", width, width),
                  tensors.layerNorm(name + "attention.output.LayerNorm", width, epsilon)),
              new FeedForward(
                  tensors.linear(name + "intermediate.dense", h.intermediate(), width),
                  activation,
                  new ResidualNorm(
                      tensors.linear(name + "output.dense", width, h.intermediate()),
                      tensors.layerNorm(name + "output.LayerNorm", width, epsilon)))));
    }
    Embeddings embeddings =
        new Embeddings(
            tensors.embedding("embeddings.word_embeddings", h.vocabulary(), width),
            tensors.embedding("embeddings.token_type_embeddings", tensors.tokenTypes(h), width),
            tensors.embedding("embeddings.position_embeddings", h.context(), width),
            tensors.layerNorm("embeddings.LayerNorm", width, epsilon));
    Optional<Pooler> pooler =
        tensors.has("pooler.dense.weight")
            ? Optional.of(new Pooler(Optional.of(tensors.linear("pooler.dense", width, width))))
            : Optional.empty();
    Optional<Linear> classifier = tensors.classifier(width, pooler.isPresent());
    tensors.requireNothingElse();
    return new TransformerEncoder(
        checkpoint.architecture(),
        compute,
        width,
        new TransformerEncoder.Widths(
            width, KeyValueCache.Heads.equal(h.heads(), width / h.heads()), h.intermediate()),
        embeddings,
        layers,
        pooler,
        classifier);
  }
}
