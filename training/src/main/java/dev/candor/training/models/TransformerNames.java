package dev.candor.training.models;

import dev.candor.engine.models.GatedMlp;
import dev.candor.engine.models.GroupedQueryAttention;
import dev.candor.engine.models.TransformerParts;
import dev.candor.engine.weights.Checkpoint.Convention;
import dev.candor.training.layers.GatedMlpLayer;
import dev.candor.training.layers.GroupedQueryMixer;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.RmsNormLayer;
import java.util.List;
import java.util.Optional;

/** What a transformer's tensors are called at Hugging Face, and how large they are. */
record TransformerNames(TransformerParts parts) {

  static final String EMBEDDING = "model.embed_tokens";
  static final String FINAL_NORM = "model.norm";
  private static final String HEAD = "lm_head";

  /** The norms of a layer. */
  record Norms(
      String attention, Optional<String> postAttention, String mlp, Optional<String> postMlp) {}

  /** Of the head, or of the embedding if that is the head. */
  String head() {
    return parts.tiedHead() ? EMBEDDING : HEAD;
  }

  /** Gemma's authors count the weights of norms from 1; exporters to GGUF add the 1. */
  float normBase(Convention convention) {
    return parts.architecture().startsWith("gemma") && convention == Convention.HUGGING_FACE
        ? 1
        : 0;
  }

  Norms norms(int i) {
    String layer = layer(i);
    String input = layer + "input_layernorm";
    String post = layer + "post_attention_layernorm";
    return parts.layers().get(i).postAttentionNorm().isPresent()
        ? new Norms(
            input,
            Optional.of(post),
            layer + "pre_feedforward_layernorm",
            Optional.of(layer + "post_feedforward_layernorm"))
        : new Norms(input, Optional.empty(), post, Optional.empty());
  }

  GroupedQueryMixer.Names attention(int i) {
    String attention = layer(i) + "self_attn.";
    GroupedQueryAttention part = parts.layers().get(i).attention();
    return new GroupedQueryMixer.Names(
        isFused()
            ? List.of(attention + "qkv_proj")
            : List.of(attention + "q_proj", attention + "k_proj", attention + "v_proj"),
        attention + "o_proj",
        part.queryNorm().map(_ -> attention + "q_norm"),
        part.keyNorm().map(_ -> attention + "k_norm"));
  }

  GatedMlpLayer.Names mlp(int i) {
    String mlp = layer(i) + "mlp.";
    return new GatedMlpLayer.Names(
        isFused() ? List.of(mlp + "gate_up_proj") : List.of(mlp + "gate_proj", mlp + "up_proj"),
        mlp + "down_proj");
  }

  static GroupedQueryMixer.Shape shape(GroupedQueryAttention attention) {
    return new GroupedQueryMixer.Shape(
        attention.heads(),
        attention.key().outputs() / attention.headSize(),
        attention.headSize(),
        attention.scale(),
        attention.window(),
        attention.query().bias().length != 0,
        attention.output().bias().length != 0);
  }

  static boolean hasBias(GatedMlp mlp) {
    return mlp.down().bias().length != 0;
  }

  /** All parameters, in the order of a token's way. */
  ParameterLayout layout() {
    ParameterLayout layout = new ParameterLayout();
    int hidden = parts.embedding().width();
    layout.add(EMBEDDING + ".weight", parts.embedding().size(), hidden);
    for (int i = 0; i < parts.layers().size(); i++) {
      TransformerParts.Layer layer = parts.layers().get(i);
      Norms norms = norms(i);
      RmsNormLayer.declare(layout, norms.attention(), hidden);
      GroupedQueryMixer.declare(layout, attention(i), hidden, shape(layer.attention()));
      norms.postAttention().ifPresent(name -> RmsNormLayer.declare(layout, name, hidden));
      RmsNormLayer.declare(layout, norms.mlp(), hidden);
      GatedMlpLayer.declare(
          layout, mlp(i), hidden, layer.mlp().intermediate(), hasBias(layer.mlp()));
      norms.postMlp().ifPresent(name -> RmsNormLayer.declare(layout, name, hidden));
    }
    RmsNormLayer.declare(layout, FINAL_NORM, hidden);
    if (!parts.tiedHead()) {
      layout.add(HEAD + ".weight", parts.embedding().size(), hidden);
    }
    return layout;
  }

  private boolean isFused() {
    return parts.architecture().equals("phi3");
  }

  private static String layer(int i) {
    return "model.layers." + i + ".";
  }
}
