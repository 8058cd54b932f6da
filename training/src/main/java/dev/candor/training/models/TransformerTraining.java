package dev.candor.training.models;

import dev.candor.engine.models.Compute;
import dev.candor.engine.models.TransformerParts;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.layers.Buffers;
import dev.candor.training.layers.EmbeddingLayer;
import dev.candor.training.layers.GatedMlpLayer;
import dev.candor.training.layers.GroupedQueryMixer;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.RmsNormLayer;
import dev.candor.training.layers.TokenLoss;
import dev.candor.training.layers.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The decoders of the Llama, Mistral, Gemma and Phi-3 families, forwards and backwards; the
 * engine's classes of those names say what they compute.
 *
 * <pre>
 *   x = scale · E[token]
 *   x = x + post(attention(norm(x)));  x = x + post(mlp(norm(x)))         for each layer; post is the identity
 *                                                                       but in Gemma 3
 *   logits = cap(H · norm(x))                                           H the head or E
 * </pre>
 */
public final class TransformerTraining implements TrainableModel {

  private final TransformerNames names;
  private final Arithmetic arithmetic;
  private final Weights weights;
  private final boolean recomputes;
  private final int hidden;
  private final float softCap;
  private final EmbeddingLayer embedding;
  private final List<Layer> layers = new ArrayList<>();
  private final RmsNormLayer finalNorm;

  private record Layer(
      RmsNormLayer attentionNorm,
      GroupedQueryMixer attention,
      Optional<RmsNormLayer> postAttentionNorm,
      RmsNormLayer mlpNorm,
      GatedMlpLayer mlp,
      Optional<RmsNormLayer> postMlpNorm) {}

  /**
   * @param weights all tensors of {@link TransformerNames#layout}, in their layout or frozen
   * @param recomputes whether a worker keeps only what enters a layer and computes the layer once
   *     more on the way back: a quarter more work, and the memory of one layer instead of all
   */
  public TransformerTraining(
      TransformerParts parts,
      Checkpoint.Convention convention,
      Arithmetic arithmetic,
      Weights weights,
      boolean recomputes) {
    this.names = new TransformerNames(parts);
    this.arithmetic = arithmetic;
    this.weights = weights;
    this.recomputes = recomputes;
    hidden = parts.embedding().width();
    softCap = parts.head().softCap();
    embedding =
        EmbeddingLayer.of(weights, arithmetic, TransformerNames.EMBEDDING, parts.embeddingScale());
    float base = names.normBase(convention);
    RotaryTables rotaries = new RotaryTables();
    for (int i = 0; i < parts.layers().size(); i++) {
      layers.add(layer(parts.layers().get(i), i, base, rotaries));
    }
    float epsilon = parts.finalNorm().epsilon();
    finalNorm = RmsNormLayer.of(weights, arithmetic, TransformerNames.FINAL_NORM, epsilon, base);
  }

  /**
   * All parameters of a checkpoint's transformer, to be trained.
   *
   * @param compute reads the checkpoint
   */
  public static TransformerTraining load(
      Checkpoint checkpoint, Compute compute, Arithmetic arithmetic) {
    TransformerParts parts =
        dev.candor.engine.models.Architectures.transformer(checkpoint, compute);
    Weights weights = new Weights(new TransformerNames(parts).layout());
    weights.load(checkpoint, compute.kernels());
    TransformerTraining model =
        new TransformerTraining(parts, checkpoint.convention(), arithmetic, weights, false);
    model.valuesChanged();
    return model;
  }

  private Layer layer(TransformerParts.Layer parts, int i, float base, RotaryTables rotaries) {
    float epsilon = parts.attentionNorm().epsilon();
    TransformerNames.Norms norms = names.norms(i);
    return new Layer(
        RmsNormLayer.of(weights, arithmetic, norms.attention(), epsilon, base),
        GroupedQueryMixer.of(
            weights,
            arithmetic,
            names.attention(i),
            TransformerNames.shape(parts.attention()),
            new GroupedQueryMixer.HeadNorms(epsilon, base),
            rotaries.of(parts.attention().rotary())),
        norms
            .postAttention()
            .map(name -> RmsNormLayer.of(weights, arithmetic, name, epsilon, base)),
        RmsNormLayer.of(weights, arithmetic, norms.mlp(), epsilon, base),
        GatedMlpLayer.of(
            weights,
            arithmetic,
            names.mlp(i),
            parts.mlp().activation(),
            TransformerNames.hasBias(parts.mlp())),
        norms.postMlp().map(name -> RmsNormLayer.of(weights, arithmetic, name, epsilon, base)));
  }

  @Override
  public ParameterLayout layout() {
    return weights.layout();
  }

  @Override
  public float[] values() {
    return weights.values();
  }

  @Override
  public void valuesChanged() {
    weights.changed();
  }

  @Override
  public Worker newWorker() {
    return new Pass();
  }

  private final class LayerRun {
    private final RmsNormLayer.Run attentionNorm;
    private final GroupedQueryMixer.Run attention;
    private final Optional<RmsNormLayer.Run> postAttentionNorm;
    private final RmsNormLayer.Run mlpNorm;
    private final GatedMlpLayer.Run mlp;
    private final Optional<RmsNormLayer.Run> postMlpNorm;
    private float[] attentionInput = {}; // norm(x)
    private float[] mlpInput = {};

    LayerRun(Layer layer, Buffers buffers) {
      attentionNorm = layer.attentionNorm.newRun(buffers.within("attentionNorm"));
      attention = layer.attention.newRun(buffers.within("attention"));
      postAttentionNorm =
          layer.postAttentionNorm.map(norm -> norm.newRun(buffers.within("postAttentionNorm")));
      mlpNorm = layer.mlpNorm.newRun(buffers.within("mlpNorm"));
      mlp = layer.mlp.newRun(buffers.within("mlp"));
      postMlpNorm = layer.postMlpNorm.map(norm -> norm.newRun(buffers.within("postMlpNorm")));
    }

    /** x becomes what the layer makes of it; y is overwritten. */
    void forward(TokenBatch batch, float[] x, float[] y) {
      int tokens = batch.tokens().length;
      attentionInput = attentionNorm.forward(tokens, x);
      attention.forward(tokens, batch.starts(), attentionInput, y);
      add(tokens, normed(postAttentionNorm, tokens, y), x);
      mlpInput = mlpNorm.forward(tokens, x);
      mlp.forward(tokens, mlpInput, y);
      add(tokens, normed(postMlpNorm, tokens, y), x);
    }

    private float[] normed(Optional<RmsNormLayer.Run> norm, int tokens, float[] y) {
      return norm.isPresent() ? norm.get().forward(tokens, y) : y;
    }

    /**
     * @param g the gradient of what the layer gave, then of what entered it
     * @param y overwritten
     * @param branch overwritten
     */
    void backward(TokenBatch batch, float[] g, float[] y, float[] branch, float[] gradient) {
      int tokens = batch.tokens().length;
      float[] mlpGradient = unnormed(postMlpNorm, tokens, g, branch, gradient);
      clear(tokens, y);
      mlp.backward(tokens, mlpInput, mlpGradient, y, gradient);
      mlpNorm.backward(tokens, y, g, gradient);
      float[] mixerGradient = unnormed(postAttentionNorm, tokens, g, branch, gradient);
      clear(tokens, y);
      attention.backward(tokens, batch.starts(), attentionInput, mixerGradient, y, gradient);
      attentionNorm.backward(tokens, y, g, gradient);
    }

    /** The gradient of what a branch gave, before its norm. */
    private float[] unnormed(
        Optional<RmsNormLayer.Run> norm, int tokens, float[] g, float[] branch, float[] gradient) {
      if (norm.isEmpty()) {
        return g;
      }
      clear(tokens, branch);
      norm.get().backward(tokens, g, branch, gradient);
      return branch;
    }

    private void clear(int tokens, float[] rows) {
      Arrays.fill(rows, 0, tokens * hidden, 0);
    }

    private void add(int tokens, float[] from, float[] to) {
      for (int i = 0; i < tokens * hidden; i++) {
        to[i] += from[i];
      }
    }
  }

  private final class Pass implements Worker {
    private final List<LayerRun> runs = new ArrayList<>();
    private final RmsNormLayer.Run finalNormRun = finalNorm.newRun(Buffers.own());
    private final TokenLoss loss;
    private final List<float[]> entered = new ArrayList<>(); // x before each layer, if recomputed
    private float[] x = {}; // the residual stream, and its gradient on the way back, [tokens, H]
    private float[] y = {}; // what a layer adds to it, and the gradient of a norm's output
    private float[] z = {};

    Pass() {
      loss = new TokenLoss(weights, arithmetic, names.head(), softCap);
      Buffers shared = Buffers.shared();
      for (Layer layer : layers) {
        runs.add(new LayerRun(layer, recomputes ? shared : Buffers.own()));
        entered.add(new float[0]);
      }
    }

    @Override
    public double loss(TokenBatch batch, float[] lossOfToken) {
      return loss.loss(forward(batch, false), batch.targets(), lossOfToken);
    }

    @Override
    public double addGradient(TokenBatch batch, float scale, float[] gradient) {
      int tokens = batch.tokens().length;
      float[] normed = forward(batch, recomputes);
      Arrays.fill(y, 0, tokens * hidden, 0);
      double sum = loss.addGradient(normed, batch.targets(), batch.weights(), scale, y, gradient);
      backward(batch, gradient);
      return sum;
    }

    /** The normed output of the last layer, [tokens, H]. */
    private float[] forward(TokenBatch batch, boolean keep) {
      int tokens = batch.tokens().length;
      if (x.length < tokens * hidden) {
        x = new float[tokens * hidden];
        y = new float[tokens * hidden];
        z = new float[tokens * hidden];
      }
      embedding.forward(batch.tokens(), x);
      for (int i = 0; i < runs.size(); i++) {
        if (keep) {
          keep(i, tokens);
        }
        runs.get(i).forward(batch, x, y);
      }
      return finalNormRun.forward(tokens, x);
    }

    private void keep(int layer, int tokens) {
      if (entered.get(layer).length < tokens * hidden) {
        entered.set(layer, new float[tokens * hidden]);
      }
      System.arraycopy(x, 0, entered.get(layer), 0, tokens * hidden);
    }

    /** From the gradient of the final norm's output, in y, to that of everything. */
    private void backward(TokenBatch batch, float[] gradient) {
      int tokens = batch.tokens().length;
      Arrays.fill(x, 0, tokens * hidden, 0);
      finalNormRun.backward(tokens, y, x, gradient);
      for (int i = runs.size() - 1; i >= 0; i--) {
        if (recomputes) {
          runs.get(i).forward(batch, entered.get(i), y);
        }
        runs.get(i).backward(batch, x, y, z, gradient);
      }
      embedding.backward(batch.tokens(), x, gradient);
    }
  }
}
