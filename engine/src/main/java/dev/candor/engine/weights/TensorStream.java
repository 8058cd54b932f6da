package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.RowBlocks;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads, quantises or copies, and writes a few rows at a time. */
final class TensorStream {

  /** Float32 elements that are quantised at a time. */
  private static final int ELEMENTS_AT_A_TIME = 1 << 20;

  /** Bytes that are copied at a time. */
  private static final long BYTES_AT_A_TIME = 8 << 20;

  private final GgufWriter writer;
  private final WorkerPool pool;
  private final ConversionListener listener;
  private final long totalBytes;
  private final MemorySegment buffer;
  private long writtenBytes;

  TensorStream(
      GgufWriter writer,
      WorkerPool pool,
      ConversionListener listener,
      List<Declaration> declarations,
      Arena arena) {
    this.writer = writer;
    this.pool = pool;
    this.listener = listener;
    this.totalBytes = declarations.stream().mapToLong(Declaration::byteSize).sum();
    long largest =
        declarations.stream()
            .mapToLong(tensor -> rowsAtATime(tensor) * rowBytes(tensor))
            .max()
            .orElse(0);
    this.buffer = arena.allocate(largest);
  }

  private static long rowBytes(Declaration tensor) {
    return tensor.format().bytes(tensor.shape().getLast());
  }

  private static int rowsAtATime(Declaration tensor) {
    return Math.max(1, ELEMENTS_AT_A_TIME / tensor.shape().getLast());
  }

  void write(OutputTensor tensor, Declaration declaration) {
    long rowBytes = rowBytes(declaration);
    long rows = declaration.byteSize() / rowBytes;
    int columns = declaration.shape().getLast();
    for (long first = 0; first < rows; first += rowsAtATime(declaration)) {
      int count = (int) Math.min(rowsAtATime(declaration), rows - first);
      long from = first;
      pool.run(
          count,
          Math.max(1, count / 16),
          (begin, end) -> {
            float[] row = new float[columns];
            for (int r = begin; r < end; r++) {
              quantize(tensor, from + r, declaration.format(), row, r * rowBytes);
            }
          });
      writer.write(buffer.asSlice(0, count * rowBytes));
      progressed(tensor.name(), count * rowBytes);
    }
  }

  private void quantize(
      OutputTensor tensor, long index, BlockFormat format, float[] row, long offset) {
    tensor.readRow(index, row);
    try {
      Quantizer.quantize(format, row, 0, row.length, buffer, offset);
    } catch (WeightsException e) {
      throw new WeightsException(
          e.code().substring(e.code().indexOf('.') + 1),
          "tensor " + tensor.name() + ", row " + index + ": " + e.getMessage(),
          e.remedy());
    }
  }

  /** Copies a tensor as it is; one in strips in rows. */
  void copy(Tensor tensor, Declaration declaration) {
    if (tensor.layout() == Layout.STRIPS) {
      copyRows(tensor, declaration);
      return;
    }
    MemorySegment data = tensor.data();
    for (long from = 0; from < data.byteSize(); from += BYTES_AT_A_TIME) {
      long bytes = Math.min(BYTES_AT_A_TIME, data.byteSize() - from);
      writer.write(data.asSlice(from, bytes));
      progressed(tensor.name(), bytes);
    }
  }

  private void copyRows(Tensor tensor, Declaration declaration) {
    Matrix matrix = tensor.matrix();
    long rowBytes = rowBytes(declaration);
    for (int first = 0; first < matrix.rows(); first += rowsAtATime(declaration)) {
      int count = Math.min(rowsAtATime(declaration), matrix.rows() - first);
      int from = first;
      pool.run(
          count,
          Math.max(1, count / 16),
          (begin, end) -> {
            for (int r = begin; r < end; r++) {
              RowBlocks.write(matrix, from + r, buffer, r * rowBytes);
            }
          });
      writer.write(buffer.asSlice(0, count * rowBytes));
      progressed(tensor.name(), count * rowBytes);
    }
  }

  private void progressed(String name, long bytes) {
    writtenBytes += bytes;
    listener.progressed(name, writtenBytes, totalBytes);
  }
}
