package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a GGUF file, version 3: the header with everything that is to come, then the tensors'
 * bytes in that order as they are produced. The file appears under its name only when it is whole
 * and on disk; until then, and after a failure, there is at most a {@code .partial} beside it.
 *
 * <p>Source: the GGUF specification in the ggml repository, {@code docs/gguf.md}.
 */
public final class GgufWriter implements AutoCloseable {

  /**
   * A tensor to come.
   *
   * @param name at most 63 bytes of UTF-8, which is what ggml reads
   * @param shape 1 to 4 extents, outermost first; the innermost in whole blocks of the format
   * @param layout how the rows lie; in strips those of quantised matrices only, which is a file
   *     that none but this engine reads
   */
  public record Declaration(String name, BlockFormat format, List<Integer> shape, Layout layout) {

    public Declaration {
      shape = List.copyOf(shape);
      if (shape.isEmpty() || shape.size() > 4 || shape.stream().anyMatch(extent -> extent < 1)) {
        throw new WeightsException(
            "shape",
            "tensor " + name + " has the shape " + shape + ", not 1 to 4 positive extents",
            "GGUF cannot hold this tensor; leave it out of the model.");
      }
      if (layout == Layout.STRIPS && (shape.size() != 2 || !StripFormat.knows(format))) {
        throw new IllegalArgumentException(
            "tensor " + name + ", " + format + " " + shape + ", cannot lie in strips");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        throw new WeightsException(
            "name-too-long",
            "tensor name " + name + " is longer than " + LONGEST_NAME + " bytes",
            "GGUF readers refuse longer names; choose a shorter one.");
      }
    }

    /** A tensor whose rows follow one another. */
    public Declaration(String name, BlockFormat format, List<Integer> shape) {
      this(name, format, shape, Layout.ROWS);
    }

    /** Bytes of its data, padding not counted. */
    public long byteSize() {
      if (layout == Layout.STRIPS) {
        return Matrix.bytes(format, shape.getFirst(), shape.getLast(), layout);
      }
      long rows = 1;
      for (int extent : shape.subList(0, shape.size() - 1)) {
        rows = Math.multiplyExact(rows, (long) extent);
      }
      return Math.multiplyExact(rows, format.bytes(shape.getLast()));
    }
  }

  private static final int LONGEST_NAME = 63;
  private static final int BUFFER_BYTES = 1 << 20;

  private final PartialFile file;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private final List<Declaration> tensors;
  private final int alignment;
  private int current;
  private long writtenOfCurrent;
  private long position;

  private GgufWriter(PartialFile file, List<Declaration> tensors, int alignment) {
    this.file = file;
    this.tensors = tensors;
    this.alignment = alignment;
  }

  /**
   * Begins a file and writes its header.
   *
   * @throws WeightsException {@code weights.exists} if the file is there already, {@code
   *     weights.duplicate} if two tensors have one name, {@code weights.io} if it cannot be written
   */
  public static GgufWriter create(Path file, GgufMetadata metadata, List<Declaration> tensors) {
    Set<String> names = new HashSet<>();
    for (Declaration tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new WeightsException(
            "duplicate",
            "two tensors would be called " + tensor.name(),
            "The source holds a tensor twice; use another copy.");
      }
    }
    PartialFile.requireAbsent(file);
    PartialFile partial = PartialFile.create(file);
    try {
      GgufWriter writer = new GgufWriter(partial, List.copyOf(tensors), metadata.alignment());
      writer.header(metadata);
      return writer;
    } catch (RuntimeException e) {
      partial.close();
      throw e;
    }
  }

  /**
   * Appends to the tensor whose turn it is, or begins the next one.
   *
   * @throws IllegalArgumentException if it is more than the current tensor takes
   */
  public void write(MemorySegment bytes) {
    if (bytes.byteSize() == 0) {
      return;
    }
    if (current == tensors.size()) {
      throw new IllegalArgumentException("all declared tensors have been written");
    }
    Declaration tensor = tensors.get(current);
    if (writtenOfCurrent + bytes.byteSize() > tensor.byteSize()) {
      throw new IllegalArgumentException(
          tensor.name() + " takes " + tensor.byteSize() + " bytes, not more");
    }
    append(bytes);
    writtenOfCurrent += bytes.byteSize();
    if (writtenOfCurrent == tensor.byteSize()) {
      current++;
      writtenOfCurrent = 0;
      pad();
    }
  }

  /** The tensor that the next bytes belong to; the number of tensors when all are written. */
  public int current() {
    return current;
  }

  /**
   * Forces everything to disk and gives the file its name.
   *
   * @throws IllegalStateException if tensors are missing
   */
  public void finish() {
    if (current != tensors.size()) {
      throw new IllegalStateException(
          "of " + tensors.size() + " tensors only " + current + " are complete");
    }
    flush();
    file.publish();
  }

  /** Removes what was written unless it was {@link #finish finished}. */
  @Override
  public void close() {
    file.close();
  }

  private void header(GgufMetadata metadata) {
    int64(0x3_4655_4747L); // "GGUF", then the version as 32 bits
    int64(tensors.size());
    int64(metadata.count());
    append(MemorySegment.ofArray(metadata.encoded()));
    long offset = 0;
    for (Declaration tensor : tensors) {
      byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
      int64(name.length);
      append(MemorySegment.ofArray(name));
      int32(tensor.shape().size());
      for (int extent : tensor.shape().reversed()) {
        int64(extent);
      }
      int32(GgufTensorType.number(tensor.format(), tensor.layout()));
      int64(offset);
      offset += tensor.byteSize() + padding(tensor.byteSize());
    }
    pad();
  }

  private void pad() {
    append(MemorySegment.ofArray(new byte[padding(position)]));
  }

  private int padding(long position) {
    return (int) (-position & (alignment - 1));
  }

  private void int32(int value) {
    append(MemorySegment.ofBuffer(number.putInt(0, value).slice(0, 4)));
  }

  private void int64(long value) {
    append(MemorySegment.ofBuffer(number.putLong(0, value)));
  }

  private void append(MemorySegment bytes) {
    long from = 0;
    while (from < bytes.byteSize()) {
      int count = (int) Math.min(buffer.remaining(), bytes.byteSize() - from);
      MemorySegment.copy(bytes, from, MemorySegment.ofBuffer(buffer), 0, count);
      buffer.position(buffer.position() + count);
      from += count;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
    position += bytes.byteSize();
  }

  private void flush() {
    buffer.flip();
    file.append(buffer);
    buffer.clear();
  }
}
