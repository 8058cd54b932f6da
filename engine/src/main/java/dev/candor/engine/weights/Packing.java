package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Turns a GGUF file into a packed one: the same metadata, the same numbers, but the rows of
 * quantised matrices in strips of 16, as the kernels read them ({@link StripFormat}). Models give
 * the same bits from both. A stream: besides what the operating system caches of the source it
 * holds a few megabytes.
 *
 * <p>The same source gives the same bytes, whatever the number of threads. So somebody who has the
 * original can pack it and compare. docs/reference/packed-weights.md describes the file.
 */
public final class Packing {

  /** Told how far it is; called by the thread that packs. */
  @FunctionalInterface
  public interface Listener {

    /** For whoever does not want to know. */
    Listener SILENT = (doneBytes, totalBytes) -> {};

    /**
     * Some more is done.
     *
     * @param doneBytes read for the digest, and written
     * @param totalBytes the source's size and that of all tensors to be written
     */
    void progressed(long doneBytes, long totalBytes);
  }

  /** Bytes that are packed, or digested, at a time. */
  private static final int BYTES_AT_A_TIME = 8 << 20;

  private final GgufFile source;
  private final Kernels kernels;
  private final Listener listener;
  private final long totalBytes;
  private final List<Declaration> declarations;
  private long doneBytes;

  private Packing(GgufFile source, Kernels kernels, Listener listener) {
    this.source = source;
    this.kernels = kernels;
    this.listener = listener;
    this.declarations = declarations(source);
    this.totalBytes =
        source.mapped().byteSize() + declarations.stream().mapToLong(Declaration::byteSize).sum();
  }

  /**
   * Packs a file.
   *
   * @param file a GGUF file that is not packed
   * @param out the file to write; must not exist
   * @param kernels put strips together
   * @param pool does it in parallel
   * @return SHA-256 of the file that was packed, 64 lower-case hexadecimal digits
   * @throws WeightsException {@code weights.packed} if it is packed already, {@code
   *     weights.nothing-to-pack} if none of its tensors can be, and what {@link GgufFile#open} and
   *     {@link GgufWriter} throw; then there is no file
   */
  public static String pack(
      Path file, Path out, Kernels kernels, WorkerPool pool, Listener listener) {
    PartialFile.requireAbsent(out);
    try (GgufFile source = GgufFile.open(file)) {
      if (source.sourceDigest().isPresent()) {
        throw new WeightsException(
            "packed", file.getFileName() + " is packed already", "Use it as it is.");
      }
      if (packableBytes(source) == 0) {
        throw new WeightsException(
            "nothing-to-pack",
            file.getFileName() + " has no quantised matrix that can be packed",
            "Use it as it is.");
      }
      return new Packing(source, kernels, listener).write(out, pool);
    }
  }

  /** Bytes of the tensors that {@link #pack} would lay in strips; 0 if packing is of no use. */
  public static long packableBytes(Checkpoint checkpoint) {
    return checkpoint.tensors().stream()
        .filter(tensor -> isPackable(tensor, checkpoint))
        .mapToLong(tensor -> tensor.data().byteSize())
        .sum();
  }

  private static boolean isPackable(Tensor tensor, Checkpoint checkpoint) {
    return checkpoint.convention() == Checkpoint.Convention.GGUF
        && GgufTensorNames.of(checkpoint.architecture()).isPresent()
        && tensor.layout() == Layout.ROWS
        && tensor.shape().size() == 2
        && tensor.shape().getFirst() >= StripFormat.ROWS
        && StripFormat.knows(tensor.format())
        && partsAreStrips(tensor, checkpoint.config());
  }

  /**
   * Some architectures store matrices as one that models use apart. Such a tensor can lie in strips
   * only if none of them goes through a boundary: gate and up are its halves; of query, key and
   * value the query has as many rows as all heads, the others share the rest.
   */
  private static boolean partsAreStrips(Tensor tensor, JsonObject config) {
    String name = tensor.name();
    long rows = tensor.shape().getFirst();
    if (name.endsWith(".mlp.gate_up_proj.weight") || name.endsWith(".mlp.fc1.weight")) {
      return rows % (2 * StripFormat.ROWS) == 0;
    }
    if (name.endsWith(".qkv_proj.weight") || name.endsWith(".Wqkv.weight")) {
      long query = queryRows(config);
      return query % StripFormat.ROWS == 0 && (rows - query) % (2 * StripFormat.ROWS) == 0;
    }
    return true;
  }

  /** Rows of all query heads; a model of other hyperparameters is refused when it is loaded. */
  private static long queryRows(JsonObject config) {
    long heads = config.optionalInteger("num_attention_heads").orElse(1);
    long hidden = config.optionalInteger("hidden_size").orElse(1);
    return config.has("head_dim") ? heads * config.optionalInteger("head_dim").orElse(1) : hidden;
  }

  private static List<Declaration> declarations(GgufFile source) {
    List<Declaration> declarations = new ArrayList<>();
    source
        .stored()
        .forEach((name, tensor) ->
            declarations.add(
                new Declaration(
                    name,
                    tensor.format(),
                    tensor.shape(),
                    isPackable(tensor, source) ? Layout.STRIPS : Layout.ROWS)));
    return declarations;
  }

  private String write(Path out, WorkerPool pool) {
    String digest = digest();
    try (GgufWriter writer = GgufWriter.create(out, metadata(digest), declarations);
        Arena arena = Arena.ofShared()) {
      MemorySegment buffer = arena.allocate(bufferBytes(), PackedKeys.ALIGNMENT_BYTES);
      for (Tensor tensor : source.stored().values()) {
        if (declarations.get(writer.current()).layout() == Layout.STRIPS) {
          writeStrips(tensor.matrix(), writer, buffer, pool);
        } else {
          writeAsItIs(tensor.data(), writer);
        }
      }
      writer.finish();
    }
    return digest;
  }

  private String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      MemorySegment file = source.mapped();
      for (long from = 0; from < file.byteSize(); from += BYTES_AT_A_TIME) {
        long bytes = Math.min(BYTES_AT_A_TIME, file.byteSize() - from);
        digest.update(file.asSlice(from, bytes).asByteBuffer());
        progressed(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The source's keys as they are, byte for byte, but for the alignment; then ours. */
  private GgufMetadata metadata(String digest) {
    GgufMetadata metadata = new GgufMetadata();
    long begin = GgufHeader.KEYS_BEGIN;
    for (Map.Entry<String, GgufHeader.Entry> entry : source.header().entries().entrySet()) {
      long end = entry.getValue().end();
      if (!entry.getKey().equals(PackedKeys.ALIGNMENT)) {
        metadata.copy(entry.getKey(), source.mapped().asSlice(begin, end - begin));
      }
      begin = end;
    }
    return metadata
        .alignment(PackedKeys.ALIGNMENT_BYTES)
        .whole(PackedKeys.VERSION, PackedKeys.NEWEST)
        .text(PackedKeys.SOURCE_DIGEST, digest);
  }

  private long bufferBytes() {
    return declarations.stream()
        .filter(tensor -> tensor.layout() == Layout.STRIPS)
        .mapToLong(tensor -> StripFormat.of(tensor.format()).stripBytes(tensor.shape().getLast()))
        .map(stripBytes -> stripsAtATime(stripBytes) * stripBytes)
        .max()
        .orElseThrow();
  }

  private static int stripsAtATime(long stripBytes) {
    return (int) Math.max(1, BYTES_AT_A_TIME / stripBytes);
  }

  private void writeStrips(
      Matrix matrix, GgufWriter writer, MemorySegment buffer, WorkerPool pool) {
    long stripBytes = matrix.stripBytes();
    int strips = Math.ceilDiv(matrix.rows(), StripFormat.ROWS);
    int some = stripsAtATime(stripBytes);
    for (int first = 0; first < strips; first += some) {
      int begin = first;
      int count = Math.min(some, strips - first);
      pool.run(
          count,
          1,
          (from, to) -> {
            for (int strip = from; strip < to; strip++) {
              kernels.packStrip(
                  matrix,
                  (begin + strip) * StripFormat.ROWS,
                  buffer.asSlice(strip * stripBytes, stripBytes));
            }
          });
      writer.write(buffer.asSlice(0, count * stripBytes));
      progressed(count * stripBytes);
    }
  }

  private void writeAsItIs(MemorySegment data, GgufWriter writer) {
    for (long from = 0; from < data.byteSize(); from += BYTES_AT_A_TIME) {
      long bytes = Math.min(BYTES_AT_A_TIME, data.byteSize() - from);
      writer.write(data.asSlice(from, bytes));
      progressed(bytes);
    }
  }

  private void progressed(long bytes) {
    doneBytes += bytes;
    listener.progressed(doneBytes, totalBytes);
  }
}
