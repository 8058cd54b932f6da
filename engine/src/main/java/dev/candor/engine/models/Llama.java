package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.RotaryPairs;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Checkpoint.Convention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Llama 2 (arXiv 2307.09288) and 3 (arXiv 2407.21783), and Mistral (arXiv 2310.06825), which adds a
 * sliding window.
 *
 * <pre>
 *   x = embedding[token]
 *   each layer:  x = x + attention(norm(x))
 *                x = x + mlp(norm(x))
 *   logits = head(norm(x))
 * </pre>
 */
final class Llama {

  private Llama() {}

  /** One layer. */
  record Layer(
      RmsNorm attentionNorm, GroupedQueryAttention attention, RmsNorm mlpNorm, GatedMlp mlp)
      implements DecoderLayer {

    @Override
    public TransformerParts.Layer parts() {
      return new TransformerParts.Layer(
          attentionNorm, attention, Optional.empty(), mlpNorm, mlp, Optional.empty());
    }

    @Override
    public void apply(Pass pass, int layer) {
      pass.normalize(attentionNorm);
      attention.apply(pass);
      pass.traceBranch("mixer", layer);
      pass.addBranch();

      pass.normalize(mlpNorm);
      pass.feedForward(mlp);
      pass.traceBranch("mlp", layer);
      pass.addBranch();
    }
  }

  /** A checkpoint of {@code model_type} llama. */
  static CausalModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    return load(checkpoint, compute, h, h.keyValueHeads(), h.slidingWindow(Integer.MAX_VALUE));
  }

  /** The part that Llama and Mistral share. */
  static CausalModel load(
      Checkpoint checkpoint, Compute compute, Hyperparameters h, int keyValueHeads, int window) {
    CheckpointTensors tensors = new CheckpointTensors(checkpoint, compute.kernels());
    int width = h.width();
    int headSize = h.headSize();
    float epsilon = h.epsilon("rms_norm_eps", 1e-6);
    boolean attentionBias = tensors.bias("attention_bias", "model.layers.0.self_attn.q_proj");
    boolean mlpBias = tensors.bias("mlp_bias", "model.layers.0.mlp.gate_proj");
    Activation activation = h.activation("hidden_act", "silu");
    RotaryPairs pairs =
        checkpoint.convention() == Convention.GGUF ? RotaryPairs.NEIGHBOURS : RotaryPairs.HALVES;
    RotaryEmbedding rotary = RotaryScaling.read(h, headSize, 10_000, pairs);

    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < h.layers(); i++) {
      String name = "model.layers." + i + ".";
      String attention = name + "self_attn.";
      String mlp = name + "mlp.";
      layers.add(
          new Layer(
              tensors.rmsNorm(name + "input_layernorm", width, epsilon),
              new GroupedQueryAttention(
                  tensors.linear(attention + "q_proj", h.heads() * headSize, width, attentionBias),
                  tensors.linear(
                      attention + "k_proj", keyValueHeads * headSize, width, attentionBias),
                  tensors.linear(
                      attention + "v_proj", keyValueHeads * headSize, width, attentionBias),
                  tensors.linear(attention + "o_proj", width, h.heads() * headSize, attentionBias),
                  Optional.empty(),
                  Optional.empty(),
                  headSize,
                  (float) (1 / Math.sqrt(headSize)),
                  window,
                  rotary),
              tensors.rmsNorm(name + "post_attention_layernorm", width, epsilon),
              new GatedMlp(
                  tensors.linear(mlp + "gate_proj", h.intermediate(), width, mlpBias),
                  tensors.linear(mlp + "up_proj", h.intermediate(), width, mlpBias),
                  tensors.linear(mlp + "down_proj", width, h.intermediate(), mlpBias),
                  activation)));
    }
    Matrix embedding = tensors.matrix("model.embed_tokens.weight", h.vocabulary(), width);
    RmsNorm finalNorm = tensors.rmsNorm("model.norm", width, epsilon);
    LanguageHead head = tensors.languageHead(embedding, false, 0);
    tensors.ignore(name -> name.endsWith(".rotary_emb.inv_freq"));
    tensors.requireNothingElse();
    return new TransformerDecoder(
        checkpoint.architecture(),
        h.context(),
        compute,
        new Embedding(embedding),
        1,
        layers,
        tensors.layers(),
        finalNorm,
        head);
  }
}
