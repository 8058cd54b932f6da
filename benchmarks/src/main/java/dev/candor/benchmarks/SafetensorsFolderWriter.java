package dev.candor.benchmarks;

import dev.candor.engine.json.JsonText;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Quantizer;
import dev.candor.engine.weights.WeightSource;
import dev.candor.engine.weights.WeightSource.SourceTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes a model as Hugging Face publishes it: config.json and its like, and BF16 safetensors in
 * shards with an index. As in the released SambaY checkpoint, {@code A_log} and {@code lambda_*}
 * are F32.
 */
final class SafetensorsFolderWriter {

  private static final int ELEMENTS_AT_A_TIME = 1 << 20;

  private final WeightSource source;
  private final Path folder;
  private final long shardBytes;
  private final WorkerPool pool;
  private final LongConsumer progress;
  private long written;

  /**
   * @param folder must not exist
   * @param shardBytes about the size of a shard
   * @param progress is told the bytes written so far
   */
  SafetensorsFolderWriter(
      WeightSource source, Path folder, long shardBytes, WorkerPool pool, LongConsumer progress) {
    this.source = source;
    this.folder = folder;
    this.shardBytes = shardBytes;
    this.pool = pool;
    this.progress = progress;
  }

  /** Bytes of all tensors of a source in this form. */
  static long totalBytes(WeightSource source) {
    return source.tensors().stream().mapToLong(SafetensorsFolderWriter::bytes).sum();
  }

  void write() throws IOException {
    Files.createDirectory(folder);
    document("config.json", source.config());
    document("generation_config.json", source.generationConfig());
    WeightSource.TokenizerFiles tokenizer = source.tokenizerFiles().orElseThrow();
    document("tokenizer.json", tokenizer.tokenizer());
    document("tokenizer_config.json", tokenizer.tokenizerConfig());

    List<List<SourceTensor>> shards = shards();
    Map<String, Object> weightMap = new LinkedHashMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String name = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
      shards.get(i).forEach(tensor -> weightMap.put(tensor.name(), name));
      writeShard(folder.resolve(name), shards.get(i));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("metadata", Map.of("total_size", totalBytes(source)));
    index.put("weight_map", weightMap);
    document("model.safetensors.index.json", index);
  }

  private void document(String name, Object value) throws IOException {
    Files.writeString(folder.resolve(name), JsonText.of(value) + "\n");
  }

  private List<List<SourceTensor>> shards() {
    List<List<SourceTensor>> shards = new ArrayList<>();
    long room = 0;
    for (SourceTensor tensor : source.tensors()) {
      if (shards.isEmpty() || bytes(tensor) > room) {
        shards.add(new ArrayList<>());
        room = shardBytes;
      }
      shards.getLast().add(tensor);
      room -= bytes(tensor);
    }
    return shards;
  }

  private void writeShard(Path file, List<SourceTensor> tensors) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("__metadata__", Map.of("format", "pt"));
    long offset = 0;
    for (SourceTensor tensor : tensors) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", format(tensor).name());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(offset, offset + bytes(tensor)));
      header.put(tensor.name(), entry);
      offset += bytes(tensor);
    }
    byte[] json = JsonText.of(header).getBytes(StandardCharsets.UTF_8);
    int padding = -json.length & 7;
    ByteBuffer start =
        ByteBuffer.allocate(8 + json.length + padding).order(ByteOrder.LITTLE_ENDIAN);
    start
        .putLong(json.length + padding)
        .put(json)
        .put(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(channel, start.flip());
      for (SourceTensor tensor : tensors) {
        writeTensor(channel, tensor);
      }
    }
  }

  private void writeTensor(FileChannel channel, SourceTensor tensor) throws IOException {
    BlockFormat format = format(tensor);
    int columns = tensor.shape().getLast();
    long rowBytes = format.bytes(columns);
    long rows = bytes(tensor) / rowBytes;
    int rowsAtATime = Math.max(1, ELEMENTS_AT_A_TIME / columns);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment buffer = arena.allocate(rowsAtATime * rowBytes);
      for (long first = 0; first < rows; first += rowsAtATime) {
        long from = first;
        int count = (int) Math.min(rowsAtATime, rows - first);
        pool.run(
            count,
            Math.max(1, count / 16),
            (begin, end) -> {
              float[] row = new float[columns];
              for (int r = begin; r < end; r++) {
                tensor.readRow(from + r, row);
                Quantizer.quantize(format, row, 0, columns, buffer, r * rowBytes);
              }
            });
        write(channel, buffer.asSlice(0, count * rowBytes).asByteBuffer());
        written += count * rowBytes;
        progress.accept(written);
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static BlockFormat format(SourceTensor tensor) {
    return tensor.name().endsWith(".A_log") || tensor.name().contains(".lambda_")
        ? BlockFormat.F32
        : BlockFormat.BF16;
  }

  private static long bytes(SourceTensor tensor) {
    long elements = 1;
    for (int extent : tensor.shape()) {
      elements *= extent;
    }
    return format(tensor).bytes(elements);
  }
}
