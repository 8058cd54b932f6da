package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;

/** Working memory of an encoder for one text. */
final class EncoderPass implements AutoCloseable {

  /** [tokens, attention width]. */
  final float[] query;

  /** What attention gathers, [tokens, attention width]. */
  final float[] context;

  /** Keys of the tokens that are not padding, [attended, attention width]. */
  final Matrix keys;

  /** Values of the tokens that are not padding, [attended, attention width]. */
  final Matrix values;

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
   * @param attention width of queries, keys and values
   */
  EncoderPass(
      Compute compute,
      EncoderInput input,
      int width,
      int attention,
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
    query = new float[Math.multiplyExact(tokens, attention)];
    context = new float[query.length];
    workspace = new float[Math.multiplyExact(tokens, intermediate)];
    first = new float[Math.multiplyExact(tokens, width)];
    second = new float[first.length];
    third = new float[first.length];
    fourth = new float[first.length];
    keys = rows(attention);
    values = rows(attention);
  }

  private Matrix rows(int columns) {
    long bytes = BlockFormat.F32.bytes(columns) * attended;
    return new Matrix(arena.allocate(bytes, 64), BlockFormat.F32, attended, columns);
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

  /** Stores the rows of tokens that are not padding, of x [tokens, attention width]. */
  void storeAttended(float[] x, Matrix rows) {
    int row = 0;
    for (int t = 0; t < tokens(); t++) {
      if (input.attended()[t]) {
        compute.kernels().storeRow(x, t * rows.columns(), rows, row++);
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
