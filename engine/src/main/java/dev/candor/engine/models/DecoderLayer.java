package dev.candor.engine.models;

/** One layer of a decoder: attention and feed-forward network, each beside the residual stream. */
interface DecoderLayer {

  GroupedQueryAttention attention();

  GatedMlp mlp();

  /** All of it. */
  TransformerParts.Layer parts();

  /** Adds to the pass's stream what this layer computes of it. */
  void apply(Pass pass, int layer);
}
