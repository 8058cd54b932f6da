package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.RotaryPairs;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gemma 3, text (arXiv 2503.19786): most layers see a sliding window only, every sixth or so all;
 * both kinds turn heads with a base of their own. Queries and keys are normalised per head, and
 * each branch is normalised before and after.
 *
 * <pre>
 *   x = √width · embedding[token]
 *   each layer:  x = x + norm(attention(norm(x)))
 *                x = x + norm(mlp(norm(x)))
 *   logits = embedding(norm(x))
 * </pre>
 *
 * The soft cap on attention scores that its configuration inherits from Gemma 2 is not applied:
 * neither by the reference implementation nor by any released model.
 */
final class Gemma3 {

  private static final String LOCAL = "sliding_attention";
  private static final String GLOBAL = "full_attention";

  private Gemma3() {}

  /** One layer. */
  record Layer(
      RmsNorm attentionNorm,
      GroupedQueryAttention attention,
      RmsNorm postAttentionNorm,
      RmsNorm mlpNorm,
      GatedMlp mlp,
      RmsNorm postMlpNorm)
      implements DecoderLayer {

    @Override
    public TransformerParts.Layer parts() {
      return new TransformerParts.Layer(
          attentionNorm,
          attention,
          Optional.of(postAttentionNorm),
          mlpNorm,
          mlp,
          Optional.of(postMlpNorm));
    }

    @Override
    public void apply(Pass pass, int layer) {
      pass.normalize(attentionNorm);
      attention.apply(pass);
      pass.normalizeBranch(postAttentionNorm);
      pass.traceBranch("mixer", layer);
      pass.addBranch();

      pass.normalize(mlpNorm);
      pass.feedForward(mlp);
      pass.normalizeBranch(postMlpNorm);
      pass.traceBranch("mlp", layer);
      pass.addBranch();
    }
  }

  /** A checkpoint of {@code model_type} gemma3_text. */
  static CausalModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    if (h.config().bool("use_bidirectional_attention", false)) {
      throw Hyperparameters.unsupported(
          "use_bidirectional_attention", true, "Use a Gemma 3 model that generates text.");
    }
    CheckpointTensors tensors = new CheckpointTensors(checkpoint, compute.kernels());
    int width = h.width();
    int headSize = h.headSize(256);
    int queryWidth = h.heads() * headSize;
    int keyWidth = h.keyValueHeads() * headSize;
    float epsilon = h.epsilon("rms_norm_eps", 1e-6);
    boolean bias = tensors.bias("attention_bias", "model.layers.0.self_attn.q_proj");
    Activation activation = h.activation("hidden_activation", "gelu_pytorch_tanh");
    double scalar = h.config().number("query_pre_attn_scalar", 256);
    float scale =
        (float) (1 / Math.sqrt(Hyperparameters.positive("query_pre_attn_scalar", scalar, 1e6f)));
    RotaryEmbedding global = RotaryScaling.read(h, headSize, 1_000_000, RotaryPairs.HALVES);
    RotaryEmbedding local =
        RotaryScaling.unscaled(h, headSize, "rope_local_base_freq", 10_000, RotaryPairs.HALVES);
    int window = h.slidingWindow(4096);
    boolean[] isLocal = localLayers(h);

    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < isLocal.length; i++) {
      String name = "model.layers." + i + ".";
      String attention = name + "self_attn.";
      String mlp = name + "mlp.";
      layers.add(
          new Layer(
              tensors.gemmaNorm(name + "input_layernorm", width, epsilon),
              new GroupedQueryAttention(
                  tensors.linear(attention + "q_proj", queryWidth, width, bias),
                  tensors.linear(attention + "k_proj", keyWidth, width, bias),
                  tensors.linear(attention + "v_proj", keyWidth, width, bias),
                  tensors.linear(attention + "o_proj", width, queryWidth, bias),
                  Optional.of(tensors.gemmaNorm(attention + "q_norm", headSize, epsilon)),
                  Optional.of(tensors.gemmaNorm(attention + "k_norm", headSize, epsilon)),
                  headSize,
                  scale,
                  isLocal[i] ? window : Integer.MAX_VALUE,
                  isLocal[i] ? local : global),
              tensors.gemmaNorm(name + "post_attention_layernorm", width, epsilon),
              tensors.gemmaNorm(name + "pre_feedforward_layernorm", width, epsilon),
              new GatedMlp(
                  tensors.linear(mlp + "gate_proj", h.intermediate(), width, false),
                  tensors.linear(mlp + "up_proj", h.intermediate(), width, false),
                  tensors.linear(mlp + "down_proj", width, h.intermediate(), false),
                  activation),
              tensors.gemmaNorm(name + "post_feedforward_layernorm", width, epsilon)));
    }
    Matrix embedding = tensors.matrix("model.embed_tokens.weight", h.vocabulary(), width);
    RmsNorm finalNorm = tensors.gemmaNorm("model.norm", width, epsilon);
    LanguageHead head = tensors.languageHead(embedding, true, h.softCap("final_logit_softcapping"));
    tensors.requireNothingElse();
    return new TransformerDecoder(
        checkpoint.architecture(),
        h.context(),
        compute,
        new Embedding(embedding),
        (float) Math.sqrt(width),
        layers,
        tensors.layers(),
        finalNorm,
        head);
  }

  /**
   * Which layers have a window: what {@code layer_types} lists; without it all but every n-th, n
   * being {@code sliding_window_pattern}.
   */
  private static boolean[] localLayers(Hyperparameters h) {
    boolean[] local = new boolean[h.layers()];
    List<String> types = h.config().strings("layer_types");
    if (!types.isEmpty() && types.size() != local.length) {
      throw Hyperparameters.outOfRange(
          "the length of layer_types", types.size(), "num_hidden_layers, " + local.length);
    }
    int pattern = h.config().integer("sliding_window_pattern", 1, Integer.MAX_VALUE, 6);
    for (int i = 0; i < local.length; i++) {
      String type = types.isEmpty() ? (i + 1) % pattern == 0 ? GLOBAL : LOCAL : types.get(i);
      if (!type.equals(LOCAL) && !type.equals(GLOBAL)) {
        throw Hyperparameters.unsupported(
            "layer_types[" + i + "]", type, "Supported are " + LOCAL + " and " + GLOBAL + ".");
      }
      local[i] = type.equals(LOCAL);
    }
    return local;
  }
}
