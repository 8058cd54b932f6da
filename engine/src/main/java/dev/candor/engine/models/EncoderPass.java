package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.Arena;

/** Working memory of an encoder for one text. */
final class EncoderPass implements AutoCloseable {

  /** [tokens, attention width]. */
  final float[] query;

  /** [tokens, attention width]. */
  final float[] key;

  /** What attention gathers, [tokens, attention width]. */
  final float[] context;

  /** Keys and values of the tokens that are not padding. */
  final KeyValueCache cache;

  /** Hidden layer of the feed-forward networks, [tokens, intermediate]. */
  final float[] workspace;

  /** A layer's intermediate results, each [tokens, width]. */
  final float[] first;

  final float[] second;
  final float[] third;
  final float[] fourth;

  private final Compute compute;
  private final EncoderInput input;
  private final int attended;
  private final Arena arena = Arena.ofShared();
  private final ScoreRows scores;

  /**
   * @param width widest of the rows between the parts of a layer
   * @param heads of the keys and values, which are as wide as the queries
   */
  EncoderPass(
      Compute compute,
      EncoderInput input,
      int width,
      KeyValueCache.Heads heads,
      int intermediate,
      ScoreRows scores) {
    this.compute = compute;
    this.input = input;
    this.scores = scores;
    int count = 0;
    for (boolean attends : input.attended()) {
      count += attends ? 1 : 0;
    }
    attended = count;
    int tokens = input.tokens();
    query = new float[Math.multiplyExact(tokens, heads.keyWidth())];
    key = new float[query.length];
    context = new float[query.length];
    workspace = new float[Math.multiplyExact(tokens, intermediate)];
    first = new float[Math.multiplyExact(tokens, width)];
    second = new float[first.length];
    third = new float[first.length];
    fourth = new float[first.length];
    cache = new KeyValueCache(arena, BlockFormat.F32, attended, attended, heads);
  }

  Compute compute() {
    return compute;
  }

  /** Tokens of the text, padding included. */
  int tokens() {
    return input.tokens();
  }

  /** Tokens of the text that are not padding. */
  int attended() {
    return attended;
  }

  ScoreRows scores() {
    return scores;
  }

  /** Stores the keys and values of tokens that are not padding. */
  void storeAttended(float[] keys, float[] values, int width) {
    int row = 0;
    for (int t = 0; t < tokens(); t++) {
      if (input.attended()[t]) {
        cache.store(compute.kernels(), row++, keys, t * width, values, t * width);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
