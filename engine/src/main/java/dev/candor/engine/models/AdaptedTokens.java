package dev.candor.engine.models;

import dev.candor.engine.kernels.Inputs;
import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens of a pass have an adapter, and A·x of the layers at work. A layer that several read
 * the same x with has a <i>slot</i> for each. Reused from pass to pass; takes memory when an
 * adapter first comes.
 */
final class AdaptedTokens {

  /** Layers that are at work together: query, key and value. */
  private static final int SLOTS = 3;

  /** Multiplications from which on it is worth waking other threads for A·x. */
  private static final long WORTH_SHARING = 1 << 18;

  /** Rows of A that one thread takes at a time. */
  private static final int GRAIN = 4;

  private final Inputs inputs = new Inputs();
  private final float[][] products = new float[SLOTS][0];

  /** Which slot has the products of a slot: its own, or that of another part of the layer. */
  private final int[] holders = new int[SLOTS];

  private final LinearLayers.Part[] parts = new LinearLayers.Part[SLOTS];

  // Consecutive tokens that share an adapter.
  private final @Nullable Adapter[] adapters = new Adapter[PassTokens.MOST];
  private final int[] firsts = new int[PassTokens.MOST];
  private final int[] counts = new int[PassTokens.MOST];
  private int groups;

  /** Elements between the products of neighbouring tokens. */
  private int stride;

  /** Takes the tokens of a pass, or those of them that go on. */
  void begin(PassTokens tokens) {
    groups = 0;
    stride = 0;
    for (int t = 0; t < tokens.tokens(); t++) {
      Adapter adapter = tokens.state(t).adapter();
      if (adapter.widest() == 0) {
        continue;
      }
      int last = groups - 1;
      if (last >= 0 && adapters[last] == adapter && firsts[last] + counts[last] == t) {
        counts[last]++;
      } else {
        adapters[groups] = adapter;
        firsts[groups] = t;
        counts[groups++] = 1;
        stride = Math.max(stride, adapter.widest());
      }
    }
    if (groups > 0 && products[0].length < PassTokens.MOST * stride) {
      for (int slot = 0; slot < SLOTS; slot++) {
        products[slot] = new float[PassTokens.MOST * stride];
      }
    }
  }

  /** Forgets the adapters: nobody may need them any more. */
  void end() {
    Arrays.fill(adapters, null);
    groups = 0;
  }

  /**
   * Computes A·x for a layer that is about to be applied.
   *
   * @param slot of the layer among those that are applied together, in ascending order
   * @param x [tokens, in]
   */
  void prepare(Compute compute, int slot, Linear layer, float[] x, int xOffset, int xStride) {
    if (groups == 0) {
      return;
    }
    LinearLayers.Part part = layer.part();
    parts[slot] = part;
    boolean isShared = slot > 0 && part.layer() == parts[slot - 1].layer();
    holders[slot] = isShared ? holders[slot - 1] : slot;
    for (int group = 0; group < groups && !isShared; group++) {
      LowRank change = change(group, part);
      if (change != null) {
        int first = firsts[group];
        inputs.take(x, xOffset + first * xStride, xStride, counts[group], layer.inputs(), false);
        multiply(compute, change, products[slot], first * stride);
      }
    }
  }

  private @Nullable LowRank change(int group, LinearLayers.Part part) {
    Adapter adapter = adapters[group];
    return adapter == null ? null : adapter.change(part);
  }

  private void multiply(Compute compute, LowRank change, float[] out, int outOffset) {
    Kernels kernels = compute.kernels();
    int rank = change.rank();
    long products = (long) rank * change.down().columns() * inputs.tokens();
    if (products < WORTH_SHARING) {
      kernels.multiply(change.down(), 0, rank, inputs, out, outOffset, stride);
    } else {
      compute
          .pool()
          .run(
              rank,
              GRAIN,
              (from, to) ->
                  kernels.multiply(change.down(), from, to, inputs, out, outOffset, stride));
    }
  }

  /** Adds what adapters change of rows [from, to) of a layer that {@link #prepare} was given. */
  void addRows(
      Kernels kernels,
      int slot,
      Linear layer,
      int from,
      int to,
      float[] y,
      int yOffset,
      int yStride) {
    for (int group = 0; group < groups; group++) {
      LowRank change = change(group, layer.part());
      if (change != null) {
        int first = firsts[group];
        change.add(
            kernels,
            from,
            to,
            products[holders[slot]],
            first * stride,
            stride,
            counts[group],
            y,
            yOffset + first * yStride,
            yStride);
      }
    }
  }
}
