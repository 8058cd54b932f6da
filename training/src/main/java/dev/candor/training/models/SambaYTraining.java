package dev.candor.training.models;

import dev.candor.engine.ModelException;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.layers.DifferentialAttentionMixer;
import dev.candor.training.layers.DifferentialAttentionShape;
import dev.candor.training.layers.EmbeddingLayer;
import dev.candor.training.layers.GatedMemoryMixer;
import dev.candor.training.layers.GatedMlpLayer;
import dev.candor.training.layers.KeysValues;
import dev.candor.training.layers.LayerNormLayer;
import dev.candor.training.layers.MambaMixer;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.layers.TokenLoss;
import dev.candor.training.layers.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * SambaY (Ren et al., arXiv 2507.06607), forwards and backwards; the engine's class of that name
 * says what it computes. All tokens pass all layers here: each may have a target.
 *
 * <pre>
 *   x = x + mixer_i(LN(x));  x = x + W2(silu(g) ⊙ u), [g u] = W1 LN(x)          for each layer i
 *   logits = E · LN(x)                                                   E the embedding, or the head, [V, H]
 * </pre>
 */
public final class SambaYTraining implements TrainableModel {

  /** Standard deviation of the embedding at the start, {@code initializer_range}. */
  private static final double EMBEDDING_DEVIATION = 0.02;

  private static final double LAMBDA_DEVIATION = 0.1;

  /** Δ at the start lies between these (Gu and Dao, arXiv 2312.00752, section 3.6). */
  private static final double LEAST_STEP = 1e-3;

  private static final double MOST_STEP = 0.1;

  private static final String EMBEDDING = "model.embed_tokens";
  private static final String HEAD = "lm_head";
  private static final String FINAL_NORM = "model.final_layernorm";

  private final SambaYConfig config;
  private final Arithmetic arithmetic;
  private final Weights weights;
  private final EmbeddingLayer embedding;
  private final List<LayerNormLayer> inputNorms = new ArrayList<>();
  private final List<LayerNormLayer> mlpNorms = new ArrayList<>();
  private final List<GatedMlpLayer> mlps = new ArrayList<>();
  private final List<Object> mixers = new ArrayList<>();
  private final LayerNormLayer finalNorm;

  /** All parameters are trained. */
  public SambaYTraining(SambaYConfig config, Arithmetic arithmetic) {
    this(config, arithmetic, new Weights(layout(config)));
  }

  /**
   * @param weights all tensors of {@link #layout(SambaYConfig)}, in their layout or frozen
   */
  public SambaYTraining(SambaYConfig config, Arithmetic arithmetic, Weights weights) {
    this.config = config;
    this.arithmetic = arithmetic;
    this.weights = weights;
    embedding = EmbeddingLayer.of(weights, arithmetic, EMBEDDING, 1);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      inputNorms.add(
          LayerNormLayer.of(weights, arithmetic, layer + "input_layernorm", config.epsilon()));
      mlpNorms.add(
          LayerNormLayer.of(
              weights, arithmetic, layer + "post_attention_layernorm", config.epsilon()));
      mlps.add(GatedMlpLayer.of(weights, arithmetic, layer + "mlp"));
      String mixer = layer + "attn";
      mixers.add(
          switch (config.kind(i)) {
            case MAMBA -> MambaMixer.of(weights, arithmetic, mixer);
            case GATED_MEMORY -> GatedMemoryMixer.of(weights, arithmetic, mixer);
            case SLIDING_ATTENTION, FULL_ATTENTION, CROSS_ATTENTION ->
                DifferentialAttentionMixer.of(weights, arithmetic, mixer, attention(config, i), i);
          });
    }
    finalNorm = LayerNormLayer.of(weights, arithmetic, FINAL_NORM, config.epsilon());
  }

  /** All parameters of such a model. */
  public static ParameterLayout layout(SambaYConfig config) {
    int hidden = config.hidden();
    ParameterLayout layout = new ParameterLayout();
    layout.add(EMBEDDING + ".weight", config.vocabulary(), hidden);
    for (int i = 0; i < config.layers(); i++) {
      String layer = "model.layers." + i + ".";
      LayerNormLayer.declare(layout, layer + "input_layernorm", hidden);
      String mixer = layer + "attn";
      switch (config.kind(i)) {
        case MAMBA ->
            MambaMixer.declare(
                layout,
                mixer,
                hidden,
                config.inner(),
                config.stateSize(),
                config.convolution(),
                config.deltaRank());
        case GATED_MEMORY -> GatedMemoryMixer.declare(layout, mixer, hidden, config.inner());
        case SLIDING_ATTENTION, FULL_ATTENTION, CROSS_ATTENTION ->
            DifferentialAttentionMixer.declare(layout, mixer, hidden, attention(config, i));
      }
      LayerNormLayer.declare(layout, layer + "post_attention_layernorm", hidden);
      GatedMlpLayer.declare(layout, layer + "mlp", hidden, config.intermediate());
    }
    LayerNormLayer.declare(layout, FINAL_NORM, hidden);
    if (!config.tiedHead()) {
      layout.add(HEAD + ".weight", config.vocabulary(), hidden);
    }
    return layout;
  }

  private static DifferentialAttentionShape attention(SambaYConfig config, int i) {
    SambaYConfig.LayerKind kind = config.kind(i);
    return new DifferentialAttentionShape(
        config.heads(),
        config.keyValueHeads(),
        config.headSize(),
        kind == SambaYConfig.LayerKind.SLIDING_ATTENTION ? config.window() : Integer.MAX_VALUE,
        kind == SambaYConfig.LayerKind.CROSS_ATTENTION);
  }

  /**
   * Random values to begin with: linear layers uniform within ±1/√in, those that write to the
   * residual stream divided by √(2L) as well; the embedding N(0, 0.02²); norms 1 and 0; A_log =
   * ln(1 … N), D = 1 and Δ between 0.001 and 0.1 at first, as Mamba has it (arXiv 2312.00752,
   * section 3.6); λ vectors N(0, 0.1²) (arXiv 2410.05258).
   */
  public void initialise(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double residual = 1 / Math.sqrt(2.0 * config.layers());
    for (Tensor tensor : weights.layout().tensors()) {
      initialise(tensor, residual, random);
    }
    valuesChanged();
  }

  private void initialise(Tensor tensor, double residual, SplittableRandom random) {
    float[] values = weights.values();
    String name = tensor.name();
    int from = tensor.offset();
    int to = from + tensor.size();
    if (name.endsWith("A_log")) {
      for (int i = from; i < to; i++) {
        values[i] = (float) StrictMath.log(1 + (i - from) % config.stateSize());
      }
    } else if (name.endsWith("dt_proj.bias")) {
      double low = StrictMath.log(LEAST_STEP);
      double high = StrictMath.log(MOST_STEP);
      for (int i = from; i < to; i++) {
        double step = StrictMath.exp(low + random.nextDouble() * (high - low));
        values[i] = (float) StrictMath.log(StrictMath.expm1(step)); // softplus of it is the step
      }
    } else if (name.contains("lambda_")) {
      normal(random, values, from, to, LAMBDA_DEVIATION);
    } else if (name.startsWith(EMBEDDING) || name.startsWith(HEAD)) {
      normal(random, values, from, to, EMBEDDING_DEVIATION);
    } else if (tensor.shape().size() > 1) {
      int in = tensor.size() / tensor.shape().getFirst();
      boolean writes = name.endsWith("out_proj.weight") || name.endsWith("fc2.weight");
      uniform(random, values, from, to, (writes ? residual : 1) / Math.sqrt(in));
    } else {
      boolean one = name.endsWith("norm.weight") || name.endsWith("subln.weight");
      Arrays.fill(values, from, to, one || name.endsWith(".D") ? 1 : 0);
    }
  }

  private static void uniform(
      SplittableRandom random, float[] values, int from, int to, double bound) {
    for (int i = from; i < to; i++) {
      values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
    }
  }

  /** By Marsaglia's polar method in StrictMath, so that every machine draws the same. */
  private static void normal(
      SplittableRandom random, float[] values, int from, int to, double deviation) {
    for (int i = from; i < to; i++) {
      double a;
      double square;
      do {
        a = 2 * random.nextDouble() - 1;
        double b = 2 * random.nextDouble() - 1;
        square = a * a + b * b;
      } while (square >= 1 || square == 0);
      values[i] = (float) (deviation * a * Math.sqrt(-2 * StrictMath.log(square) / square));
    }
  }

  /**
   * Takes the values of a checkpoint.
   *
   * @throws ModelException if a tensor is missing or has another shape
   */
  public void load(Checkpoint checkpoint) {
    weights.load(checkpoint, arithmetic.kernels());
    valuesChanged();
  }

  public SambaYConfig config() {
    return config;
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
    for (Object mixer : mixers) {
      switch (mixer) {
        case MambaMixer mamba -> mamba.weightsChanged();
        case DifferentialAttentionMixer attention -> attention.weightsChanged();
        default -> {}
      }
    }
  }

  @Override
  public Worker newWorker() {
    return new Pass();
  }

  /** A mixer's way there and back; x is normed, [tokens, H]. */
  private interface MixerRun {
    void forward(TokenBatch batch, float[] x, float[] y);

    void backward(
        TokenBatch batch, float[] x, float[] yGradient, float[] xGradient, float[] gradient);
  }

  /** What a layer makes of a batch, kept for the way back. */
  private record LayerRun(
      LayerNormLayer.Run inputNorm,
      MixerRun mixer,
      LayerNormLayer.Run mlpNorm,
      GatedMlpLayer.Run mlp) {}

  private final class Pass implements Worker {
    private final int hidden = config.hidden();
    private final List<LayerRun> layers = new ArrayList<>();
    private final LayerNormLayer.Run finalNormRun = finalNorm.newRun();
    private final TokenLoss loss =
        new TokenLoss(weights, arithmetic, config.tiedHead() ? EMBEDDING : HEAD);
    private final MambaMixer.Run memoryRun =
        ((MambaMixer) mixers.get(config.memoryLayer())).newRun();
    private final DifferentialAttentionMixer.Run fullRun =
        ((DifferentialAttentionMixer) mixers.get(config.memoryLayer() + 1)).newRun();
    private final List<float[]> mixerInputs = new ArrayList<>(); // LN(x) of each layer
    private final List<float[]> mlpInputs = new ArrayList<>();
    private float[] x = {}; // the residual stream, and its gradient on the way back, [tokens, H]
    private float[] y = {}; // what a layer adds to it, and the gradient of a norm's output
    private float[] memoryGradient = {}; // [tokens, E]

    Pass() {
      for (int i = 0; i < config.layers(); i++) {
        layers.add(
            new LayerRun(
                inputNorms.get(i).newRun(),
                mixer(i),
                mlpNorms.get(i).newRun(),
                mlps.get(i).newRun()));
      }
    }

    private MixerRun mixer(int i) {
      return switch (mixers.get(i)) {
        case MambaMixer mixer ->
            i == config.memoryLayer() ? mamba(memoryRun, true) : mamba(mixer.newRun(), false);
        case GatedMemoryMixer mixer -> gatedMemory(mixer.newRun());
        case DifferentialAttentionMixer mixer ->
            switch (config.kind(i)) {
              case CROSS_ATTENTION -> attention(mixer.newRun(), fullRun.keysValues(), true);
              case FULL_ATTENTION -> attention(fullRun, fullRun.keysValues(), false);
              default -> {
                DifferentialAttentionMixer.Run run = mixer.newRun();
                yield attention(run, run.keysValues(), false);
              }
            };
        default -> throw new AssertionError("an unknown mixer");
      };
    }

    private MixerRun mamba(MambaMixer.Run run, boolean makesMemory) {
      return new MixerRun() {
        @Override
        public void forward(TokenBatch batch, float[] x, float[] y) {
          run.forward(batch.tokens().length, batch.starts(), x, y);
        }

        @Override
        public void backward(
            TokenBatch batch, float[] x, float[] yGradient, float[] xGradient, float[] gradient) {
          float[] others = makesMemory ? memoryGradient : new float[0];
          run.backward(
              batch.tokens().length, batch.starts(), x, yGradient, others, xGradient, gradient);
        }
      };
    }

    private MixerRun gatedMemory(GatedMemoryMixer.Run run) {
      return new MixerRun() {
        @Override
        public void forward(TokenBatch batch, float[] x, float[] y) {
          run.forward(batch.tokens().length, x, memoryRun.memory(), y);
        }

        @Override
        public void backward(
            TokenBatch batch, float[] x, float[] yGradient, float[] xGradient, float[] gradient) {
          run.backward(
              batch.tokens().length,
              x,
              memoryRun.memory(),
              yGradient,
              xGradient,
              memoryGradient,
              gradient);
        }
      };
    }

    private MixerRun attention(
        DifferentialAttentionMixer.Run run, KeysValues keysValues, boolean cross) {
      return new MixerRun() {
        @Override
        public void forward(TokenBatch batch, float[] x, float[] y) {
          run.forward(batch.tokens().length, batch.starts(), x, keysValues, y);
          if (!cross) {
            run.clearKeyValueGradient(batch.tokens().length);
          }
        }

        @Override
        public void backward(
            TokenBatch batch, float[] x, float[] yGradient, float[] xGradient, float[] gradient) {
          run.backward(
              batch.tokens().length, batch.starts(), x, keysValues, yGradient, xGradient, gradient);
        }
      };
    }

    @Override
    public double loss(TokenBatch batch, float[] lossOfToken) {
      return loss.loss(forward(batch), batch.targets(), lossOfToken);
    }

    @Override
    public double addGradient(TokenBatch batch, float scale, float[] gradient) {
      int tokens = batch.tokens().length;
      float[] normed = forward(batch);
      Arrays.fill(y, 0, tokens * hidden, 0);
      double sum = loss.addGradient(normed, batch.targets(), batch.weights(), scale, y, gradient);
      backward(batch, gradient);
      return sum;
    }

    /** The normed output of the last layer, [tokens, H]. */
    private float[] forward(TokenBatch batch) {
      int tokens = batch.tokens().length;
      grow(tokens);
      embedding.forward(batch.tokens(), x);
      mixerInputs.clear();
      mlpInputs.clear();
      for (LayerRun layer : layers) {
        float[] mixerInput = layer.inputNorm.forward(tokens, x);
        layer.mixer.forward(batch, mixerInput, y);
        add(tokens, y, x);
        float[] mlpInput = layer.mlpNorm.forward(tokens, x);
        layer.mlp.forward(tokens, mlpInput, y);
        add(tokens, y, x);
        mixerInputs.add(mixerInput);
        mlpInputs.add(mlpInput);
      }
      return finalNormRun.forward(tokens, x);
    }

    /** From the gradient of the final norm's output, in y, to that of everything. */
    private void backward(TokenBatch batch, float[] gradient) {
      int tokens = batch.tokens().length;
      Arrays.fill(memoryGradient, 0, tokens * config.inner(), 0);
      Arrays.fill(x, 0, tokens * hidden, 0);
      finalNormRun.backward(tokens, y, x, gradient);
      for (int i = config.layers() - 1; i >= 0; i--) {
        LayerRun layer = layers.get(i);
        Arrays.fill(y, 0, tokens * hidden, 0);
        layer.mlp.backward(tokens, mlpInputs.get(i), x, y, gradient);
        layer.mlpNorm.backward(tokens, y, x, gradient);
        Arrays.fill(y, 0, tokens * hidden, 0);
        layer.mixer.backward(batch, mixerInputs.get(i), x, y, gradient);
        layer.inputNorm.backward(tokens, y, x, gradient);
      }
      embedding.backward(batch.tokens(), x, gradient);
    }

    private void grow(int tokens) {
      if (x.length < tokens * hidden) {
        x = new float[tokens * hidden];
        y = new float[tokens * hidden];
        memoryGradient = new float[tokens * config.inner()];
      }
    }

    private void add(int tokens, float[] from, float[] to) {
      for (int i = 0; i < tokens * hidden; i++) {
        to[i] += from[i];
      }
    }
  }
}
