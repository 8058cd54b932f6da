package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.RotaryPairs;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Phi-3 (arXiv 2404.14219) and Phi-4-mini (arXiv 2503.01743): like Llama, with the projections of
 * query, key and value in one matrix, gate and up in another, a part of each head turned, and
 * LongRoPE.
 *
 * <pre>
 *   x = embedding[token]
 *   each layer:  x = x + attention(norm(x))
 *                x = x + mlp(norm(x))
 *   logits = head(norm(x))
 * </pre>
 */
final class Phi3 {

  /** Tokens that the model was trained on first; transformers' default of the key. */
  private static final int ORIGINAL_CONTEXT = 4096;

  private Phi3() {}

  /** A checkpoint of {@code model_type} phi3. */
  static CausalModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    CheckpointTensors tensors = new CheckpointTensors(checkpoint, compute.kernels());
    int width = h.width();
    int headSize = h.headSize();
    int queryWidth = h.heads() * headSize;
    int keyWidth = h.keyValueHeads() * headSize;
    float epsilon = h.epsilon("rms_norm_eps", 1e-5);
    Activation activation = h.activation("hidden_act", "silu");
    RotaryEmbedding rotary =
        RotaryScaling.read(h, headSize, 10_000, ORIGINAL_CONTEXT, RotaryPairs.HALVES);
    int window = h.slidingWindow(Integer.MAX_VALUE);

    List<Llama.Layer> layers = new ArrayList<>();
    for (int i = 0; i < h.layers(); i++) {
      String name = "model.layers." + i + ".";
      Linear qkv =
          tensors.linear(name + "self_attn.qkv_proj", queryWidth + 2 * keyWidth, width, false);
      layers.add(
          new Llama.Layer(
              tensors.rmsNorm(name + "input_layernorm", width, epsilon),
              new GroupedQueryAttention(
                  qkv.slice(0, queryWidth),
                  qkv.slice(queryWidth, queryWidth + keyWidth),
                  qkv.slice(queryWidth + keyWidth, queryWidth + 2 * keyWidth),
                  tensors.linear(name + "self_attn.o_proj", width, queryWidth, false),
                  Optional.empty(),
                  Optional.empty(),
                  headSize,
                  (float) (1 / Math.sqrt(headSize)),
                  window,
                  rotary),
              tensors.rmsNorm(name + "post_attention_layernorm", width, epsilon),
              GatedMlp.fused(
                  tensors.linear(name + "mlp.gate_up_proj", 2 * h.intermediate(), width, false),
                  tensors.linear(name + "mlp.down_proj", width, h.intermediate(), false),
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
