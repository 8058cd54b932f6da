package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link Kernels} in machine code that is written at run time for this very processor: no native
 * library, no compiler, and full speed from the first call on. What is not worth it, such as tails
 * and rare activations, is left to {@link VectorKernels}, or to {@link ScalarKernels} in a JVM
 * without the Vector API.
 *
 * <p>Operands are checked before each call, since machine code has no bounds checks of its own.
 */
public final class EmittedKernels implements Kernels {

  private static final MethodHandle ROWS = ExecutableMemory.caller(RowFunctions.TYPE);
  private static final MethodHandle SCAN = ExecutableMemory.caller(ScanCode.TYPE);

  /** Floats of a group, of which lengths must be multiples. */
  private static final int GROUP = 16;

  /** Of plain floats, so many bytes stay in the second cache while all tokens meet them. */
  private static final int CACHED_BYTES = 128 << 10;

  private final Processor processor;
  private final ScalarKernels scalar = new ScalarKernels();
  private final EmittedStrips strips;
  private final EmittedCaches caches;
  private final CodeCache products;
  private final CodeCache rotations;
  private final MemorySegment rmsNorm;
  private final MemorySegment layerNorm;
  private final MemorySegment softmax;
  private final MemorySegment siluGate;
  private final MemorySegment geluGate;
  private final MemorySegment silu;
  private final MemorySegment gelu;
  private final MemorySegment softplus;
  private final MemorySegment scan;
  private final MemorySegment addScaled;

  EmittedKernels(Processor processor) {
    this.processor = processor;
    strips = new EmittedStrips(processor);
    caches = new EmittedCaches(processor);
    products =
        new CodeCache((format, tokens, columns) ->
            FloatProductCode.code(processor, BlockFormat.values()[format], tokens, columns));
    rotations =
        new CodeCache((pairs, _, _) -> RotaryCode.code(processor, RotaryPairs.values()[pairs]));
    rmsNorm = ExecutableMemory.place(RowFunctions.rmsNorm(processor));
    layerNorm = ExecutableMemory.place(RowFunctions.layerNorm(processor));
    softmax = ExecutableMemory.place(RowFunctions.softmax(processor));
    siluGate = ExecutableMemory.place(RowFunctions.gate(processor, Activation.SILU));
    geluGate = ExecutableMemory.place(RowFunctions.gate(processor, Activation.GELU_TANH));
    silu = ExecutableMemory.place(RowFunctions.activate(processor, Activation.SILU));
    gelu = ExecutableMemory.place(RowFunctions.activate(processor, Activation.GELU_TANH));
    softplus = ExecutableMemory.place(RowFunctions.softplus(processor));
    scan = ExecutableMemory.place(ScanCode.code(processor));
    addScaled = ExecutableMemory.place(RowFunctions.addScaled(processor));
  }

  /** For what there is no code: made when it is first needed, since it takes its time to start. */
  private static final class Rest {
    static final Kernels KERNELS =
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            ? new VectorKernels()
            : new ScalarKernels();
  }

  private static Kernels rest() {
    return Rest.KERNELS;
  }

  /** What the code is written for. */
  Processor processor() {
    return processor;
  }

  @Override
  public String name() {
    return name(processor);
  }

  static String name(Processor processor) {
    return processor == Processor.AVX512 ? "emitted-avx512" : "emitted-avx2";
  }

  @Override
  public void multiply(
      Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    if (StripFormat.knows(w.format()) && w.data().isNative()) {
      Operands.checkMultiply(w, fromRow, toRow, in, y, yOffset, yStride);
      strips.multiply(w, fromRow, toRow, in, y, yOffset, yStride);
    } else if (multipliesFloats(w)) {
      Operands.checkMultiply(w, fromRow, toRow, in, y, yOffset, yStride);
      multiplyFloats(w, fromRow, toRow, in, y, yOffset, yStride);
    } else {
      rest().multiply(w, fromRow, toRow, in, y, yOffset, yStride);
    }
  }

  /** Whether there is code for the products with these plain floats. */
  private static boolean multipliesFloats(Matrix w) {
    return !StripFormat.knows(w.format()) && w.columns() % GROUP == 0 && w.data().isNative();
  }

  private void multiplyFloats(
      Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    long rowBytes = w.rowBytes();
    long data = Operands.address(w.data());
    int rows = FloatProductCode.ROWS;
    rows *= (int) Math.max(1, CACHED_BYTES / (rowBytes * rows));
    int tile = FloatProductCode.tokens(processor);
    for (int from = fromRow; from < toRow; from += rows) {
      long count = Math.min(rows, toRow - from);
      for (int t = 0; t < in.tokens(); t += tile) {
        int some = Math.min(tile, in.tokens() - t);
        MatrixCall.call(
            products.code(w.format().ordinal(), some, w.columns()),
            data + from * rowBytes,
            in.values(),
            4L * (in.offset() + t * in.stride()),
            y,
            4L * (yOffset + from + t * yStride),
            count,
            4L * in.stride(),
            4L * yStride,
            0);
      }
    }
  }

  @Override
  public void packStrip(Matrix w, int row, MemorySegment out) {
    Operands.checkPackStrip(w, row, out);
    if (!out.isNative() || !strips.pack(w, row, Operands.address(out))) {
      scalar.packStrip(w, row, out);
    }
  }

  @Override
  public void round(Inputs in, int fromToken, int toToken) {
    Operands.checkRound(in, fromToken, toToken);
    strips.round(in, fromToken, toToken);
  }

  @Override
  public void dequantize(Matrix w, int row, float[] out, int outOffset) {
    scalar.dequantize(w, row, out, outOffset);
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    return rest().dot(a, aOffset, b, bOffset, n);
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, float epsilon, int n, float[] y, int yOffset) {
    if (n % GROUP != 0) {
      rest().rmsNorm(x, xOffset, weight, epsilon, n, y, yOffset);
      return;
    }
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(weight, 0, n);
    Operands.checkRange(y, yOffset, n);
    rows(rmsNorm, x, xOffset, weight, 0, y, yOffset, weight, n / GROUP, epsilon, n);
  }

  @Override
  public void layerNorm(
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float epsilon,
      int n,
      float[] y,
      int yOffset) {
    if (n % GROUP != 0) {
      rest().layerNorm(x, xOffset, weight, bias, epsilon, n, y, yOffset);
      return;
    }
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(weight, 0, n);
    Operands.checkRange(bias, 0, n);
    Operands.checkRange(y, yOffset, n);
    rows(layerNorm, x, xOffset, weight, 0, y, yOffset, bias, n / GROUP, epsilon, n);
  }

  @Override
  public void softmax(float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    // The tail stands where others have an offset; see RowFunctions.
    call(softmax, x, 4L * offset, x, n % GROUP, x, 0, x, n / GROUP, 0, 0);
  }

  @Override
  public void activate(Activation activation, float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    int done = RowFunctions.knows(activation) ? n / GROUP * GROUP : 0;
    MemorySegment function = activation == Activation.SILU ? silu : gelu;
    rows(function, x, offset, x, 0, x, 0, x, done / GROUP, 0, 0);
    if (done < n) {
      rest().activate(activation, x, offset + done, n - done);
    }
  }

  @Override
  public void gate(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int n,
      float[] out,
      int outOffset) {
    Operands.checkRange(gate, gateOffset, n);
    Operands.checkRange(up, upOffset, n);
    Operands.checkRange(out, outOffset, n);
    int done = RowFunctions.knows(activation) ? n / GROUP * GROUP : 0;
    MemorySegment function = activation == Activation.SILU ? siluGate : geluGate;
    rows(function, gate, gateOffset, up, upOffset, out, outOffset, out, done / GROUP, 0, 0);
    if (done < n) {
      rest()
          .gate(
              activation,
              gate,
              gateOffset + done,
              up,
              upOffset + done,
              n - done,
              out,
              outOffset + done);
    }
  }

  @Override
  public void rotate(
      RotaryPairs pairs,
      float[] angles,
      int anglesOffset,
      int n,
      float[] x,
      int xOffset,
      int stride,
      int heads) {
    int group = RotaryCode.group(pairs);
    if (n % group != 0) {
      rest().rotate(pairs, angles, anglesOffset, n, x, xOffset, stride, heads);
      return;
    }
    Operands.checkRotation(angles, anglesOffset, n, x, xOffset, stride, heads);
    if (n == 0 || heads == 0) {
      return;
    }
    MemorySegment code = rotations.code(pairs.ordinal(), 0, 0);
    MatrixCall.call(
        code, n / group, angles, 4L * anglesOffset, x, 4L * xOffset, heads, 4L * stride, 4L * n, 0);
  }

  @Override
  public void addScaled(float scale, float[] x, int xOffset, float[] y, int yOffset, int n) {
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(y, yOffset, n);
    rows(addScaled, x, xOffset, y, yOffset, y, 0, y, n / GROUP, scale, 0);
    for (int j = n / GROUP * GROUP; j < n; j++) {
      y[yOffset + j] = Math.fma(scale, x[xOffset + j], y[yOffset + j]);
    }
  }

  @Override
  public void attentionScores(
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      Matrix keys,
      int firstRow,
      int count,
      float scale,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    Operands.checkScores(
        q, qOffset, qStride, queries, keys, firstRow, count, scores, scoresOffset, scoresStride);
    if (keys.format() == BlockFormat.Q8_0) {
      QuantisedScores.scores(
          this,
          q,
          qOffset,
          qStride,
          queries,
          keys,
          firstRow,
          count,
          scale,
          scores,
          scoresOffset,
          scoresStride);
      return;
    }
    if (!keys.data().isNative()) {
      rest()
          .attentionScores(
              q,
              qOffset,
              qStride,
              queries,
              keys,
              firstRow,
              count,
              scale,
              scores,
              scoresOffset,
              scoresStride);
      return;
    }
    if (count == 0) {
      return;
    }
    caches.scores(
        q,
        qOffset,
        qStride,
        queries,
        keys,
        firstRow,
        count,
        scale,
        scores,
        scoresOffset,
        scoresStride);
  }

  @Override
  public void addWeightedRows(
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      Matrix values,
      int firstRow,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    if (values.columns() % GROUP != 0 || !values.data().isNative()) {
      rest()
          .addWeightedRows(
              p, pOffset, pStride, queries, values, firstRow, count, out, outOffset, outStride);
      return;
    }
    Operands.checkWeightedRows(
        p, pOffset, pStride, queries, values, firstRow, count, out, outOffset, outStride);
    if (count == 0) {
      return;
    }
    caches.addWeighted(
        p, pOffset, pStride, queries, values, firstRow, count, out, outOffset, outStride);
  }

  @Override
  public void storeRow(float[] x, int xOffset, Matrix rows, int row) {
    if (!rows.data().isNative()) {
      scalar.storeRow(x, xOffset, rows, row);
      return;
    }
    Operands.checkCache(rows, row, 1);
    Operands.checkRange(x, xOffset, rows.columns());
    caches.store(x, xOffset, rows, row);
  }

  @Override
  public void selectiveScan(
      float[] state,
      float[] a,
      float[] delta,
      float[] v,
      int offset,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      float[] m,
      int channels,
      int stateSize,
      int tokens,
      int from,
      int to) {
    if (stateSize != ScanCode.STATES) {
      rest()
          .selectiveScan(
              state, a, delta, v, offset, bc, bcOffset, bcStride, d, m, channels, stateSize, tokens,
              from, to);
      return;
    }
    Operands.checkScan(
        state, a, delta, v, offset, bc, bcOffset, bcStride, d, m, channels, stateSize, tokens, from,
        to);
    if (from == to || tokens == 0) {
      return;
    }
    try {
      SCAN.invokeExact(
          scan,
          MemorySegment.ofArray(state),
          MemorySegment.ofArray(a),
          MemorySegment.ofArray(delta).asSlice(4L * offset),
          MemorySegment.ofArray(v).asSlice(4L * offset),
          MemorySegment.ofArray(bc),
          MemorySegment.ofArray(m).asSlice(4L * offset),
          MemorySegment.ofArray(d),
          (long) from,
          (long) to,
          4L * channels,
          (long) tokens,
          4L * bcOffset,
          4L * bcStride);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  @Override
  public void softplus(float[] x, int offset, float[] bias, int biasOffset, int n) {
    Operands.checkRange(x, offset, n);
    Operands.checkRange(bias, biasOffset, n);
    int done = n / GROUP * GROUP;
    rows(softplus, x, offset, bias, biasOffset, x, 0, x, done / GROUP, 0, 0);
    if (done < n) {
      rest().softplus(x, offset + done, bias, biasOffset + done, n - done);
    }
  }

  /** Calls a function of {@link RowFunctions} on arrays from their offsets on. */
  private static void rows(
      MemorySegment function,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] z,
      int zOffset,
      float[] bias,
      int groups,
      float first,
      float second) {
    call(function, x, 4L * xOffset, y, 4L * yOffset, z, 4L * zOffset, bias, groups, first, second);
  }

  private static void call(
      MemorySegment function,
      float[] x,
      long xBytes,
      float[] y,
      long yBytes,
      float[] z,
      long zBytes,
      float[] bias,
      long groups,
      float first,
      float second) {
    try {
      ROWS.invokeExact(
          function,
          MemorySegment.ofArray(x),
          xBytes,
          MemorySegment.ofArray(y),
          yBytes,
          MemorySegment.ofArray(z),
          zBytes,
          MemorySegment.ofArray(bias),
          groups,
          first,
          second);
    } catch (Throwable e) {
      throw thrown(e);
    }
  }

  /** Machine code throws nothing of its own. */
  static RuntimeException thrown(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
  }
}
