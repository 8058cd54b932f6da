package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.RotaryPairs;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gemma 1 (arXiv 2403.08295): like Llama, with norms whose weight counts from 1, embeddings
 * multiplied by √width, GeGLU, and often one key/value head for all.
 *
 * <pre>
 *   x = √width · embedding[token]
 *   each layer:  x = x + attention(norm(x))
 *                x = x + mlp(norm(x))
 *   logits = embedding(norm(x))
 * </pre>
 */
final class Gemma {

  private Gemma() {}

  /** A checkpoint of {@code model_type} gemma. */
  static CausalModel load(Checkpoint checkpoint, Compute compute) {
    Hyperparameters h = new Hyperparameters(checkpoint.config());
    CheckpointTensors tensors = new CheckpointTensors(checkpoint, compute.kernels());
    int width = h.width();
    int headSize = h.headSize(256);
    int queryWidth = h.heads() * headSize;
    int keyWidth = h.keyValueHeads() * headSize;
    float epsilon = h.epsilon("rms_norm_eps", 1e-6);
    boolean bias = tensors.bias("attention_bias", "model.layers.0.self_attn.q_proj");
    // transformers ignores hidden_activation here; the released files say gelu in hidden_act.
    Activation activation = h.activation("hidden_act", "gelu_pytorch_tanh");
    RotaryEmbedding rotary = RotaryScaling.read(h, headSize, 10_000, RotaryPairs.HALVES);

    List<Llama.Layer> layers = new ArrayList<>();
    for (int i = 0; i < h.layers(); i++) {
      String name = "model.layers." + i + ".";
      String attention = name + "self_attn.";
      String mlp = name + "mlp.";
      layers.add(
          new Llama.Layer(
              tensors.gemmaNorm(name + "input_layernorm", width, epsilon),
              new GroupedQueryAttention(
                  tensors.linear(attention + "q_proj", queryWidth, width, bias),
                  tensors.linear(attention + "k_proj", keyWidth, width, bias),
                  tensors.linear(attention + "v_proj", keyWidth, width, bias),
                  tensors.linear(attention + "o_proj", width, queryWidth, bias),
                  Optional.empty(),
                  Optional.empty(),
                  headSize,
                  (float) (1 / Math.sqrt(headSize)),
                  Integer.MAX_VALUE,
                  rotary),
              tensors.gemmaNorm(name + "post_attention_layernorm", width, epsilon),
              new GatedMlp(
                  tensors.linear(mlp + "gate_proj", h.intermediate(), width, false),
                  tensors.linear(mlp + "up_proj", h.intermediate(), width, false),
                  tensors.linear(mlp + "down_proj", width, h.intermediate(), false),
                  activation)));
    }
    Matrix embedding = tensors.matrix("model.embed_tokens.weight", h.vocabulary(), width);
    RmsNorm finalNorm = tensors.gemmaNorm("model.norm", width, epsilon);
    LanguageHead head = tensors.languageHead(embedding, true, 0);
    tensors.ignore(name -> name.endsWith(".rotary_emb.inv_freq"));
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
}
