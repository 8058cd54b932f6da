package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a model folder into one GGUF file, following llama.cpp's conventions where it knows the
 * architecture, so that other programs read the file too. A stream: besides what the operating
 * system caches of the source, it holds a few megabytes and the vocabulary.
 *
 * <p>The same folder and format give the same bytes, whatever the number of threads.
 */
public final class Conversion {

  /** Float32 elements that are quantised at a time. */
  private static final int ELEMENTS_AT_A_TIME = 1 << 20;

  private Conversion() {}

  /**
   * Converts a folder of safetensors with config.json and tokenizer.json.
   *
   * @param folder the model as published on Hugging Face: {@code phi4flash}, {@code llama}, {@code
   *     mistral}, {@code gemma}, {@code gemma3_text}, {@code phi3}, {@code bert} or {@code
   *     mobilebert}
   * @param out the file to write; must not exist
   * @param target what matrices are stored as: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K
   *     or Q6_K; exceptions are told to the listener
   * @param pool quantises rows in parallel
   * @return the deviations that the listener was told
   * @throws dev.candor.engine.EngineException if the folder is not a model that can be converted,
   *     its weights do not fit the format, or the file cannot be written; then there is no file
   */
  public static List<Deviation> convert(
      Path folder, Path out, BlockFormat target, WorkerPool pool, ConversionListener listener) {
    PartialFile.requireAbsent(out);
    try (SafetensorsFolder checkpoint = SafetensorsFolder.open(folder)) {
      return convert(new FolderSource(checkpoint, folder), out, target, pool, listener);
    }
  }

  /** The same from any {@link WeightSource}. */
  public static List<Deviation> convert(
      WeightSource source,
      Path out,
      BlockFormat target,
      WorkerPool pool,
      ConversionListener listener) {
    if (!FormatChoice.TARGETS.contains(target)) {
      throw new WeightsException(
          "unsupported",
          target + " is a format that can be read, not written",
          "Convert to one of Q4_0, Q4_K, Q8_0, BF16 or F32.");
    }
    String modelType = source.config().string("model_type");
    GgufTensorNames names =
        GgufTensorNames.of(modelType)
            .orElseThrow(() ->
                new WeightsException(
                    "unsupported",
                    "config.json: model_type is " + WeightsFile.printable(modelType),
                    "Models that can be converted are phi4flash, llama, mistral, gemma,"
                        + " gemma3_text, phi3, bert and mobilebert."));
    List<Deviation> deviations = new ArrayList<>();
    List<OutputTensor> tensors =
        new LayoutConvention(modelType, source.config(), names)
            .apply(source.tensors(), deviations::add);
    List<Declaration> declarations = new ArrayList<>();
    for (OutputTensor tensor : tensors) {
      FormatChoice choice = FormatChoice.of(tensor.ggufName(), tensor.shape(), target);
      if (!choice.deviation().isEmpty()) {
        deviations.add(tensor.deviation(choice));
      }
      declarations.add(new Declaration(tensor.ggufName(), choice.format(), tensor.shape()));
    }
    deviations.forEach(listener::deviated);
    GgufMetadata metadata = metadata(modelType, source, target, tensors);
    try (GgufWriter writer = GgufWriter.create(out, metadata, declarations);
        Arena arena = Arena.ofShared()) {
      Stream stream = new Stream(writer, pool, listener, declarations, arena);
      for (int i = 0; i < tensors.size(); i++) {
        stream.write(tensors.get(i), declarations.get(i));
      }
      writer.finish();
    }
    return List.copyOf(deviations);
  }

  private static GgufMetadata metadata(
      String modelType, WeightSource source, BlockFormat target, List<OutputTensor> tensors) {
    GgufMetadata metadata =
        new GgufMetadata()
            .text("general.architecture", GgufHyperparameters.architecture(modelType))
            .text("general.type", "model")
            .text("general.name", source.name())
            .whole("general.file_type", fileType(target))
            .whole("general.quantization_version", 2);
    GgufHyperparameters.toMetadata(modelType, source.config(), metadata);
    // Written even if empty: a reader then need not guess from the tokenizer's special tokens.
    metadata.text(GgufHyperparameters.GENERATION, JsonText.of(source.generationConfig()));
    source
        .tokenizerFiles()
        .ifPresent(files ->
            new GgufVocabulary(files, source.config(), vocabulary(tensors)).write(metadata));
    return metadata;
  }

  /** The rows of the embedding: so many tokens must the vocabulary have. */
  private static int vocabulary(List<OutputTensor> tensors) {
    return tensors.stream()
        .filter(tensor -> tensor.ggufName().equals("token_embd.weight"))
        .findFirst()
        .orElseThrow(() ->
            new WeightsException(
                "missing-tensor",
                "the model has no token embedding",
                "Use a complete model folder."))
        .shape()
        .getFirst();
  }

  /** llama.cpp's number for a file whose matrices are mostly of this format. */
  private static int fileType(BlockFormat target) {
    return switch (target) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q4_1 -> 3;
      case Q8_0 -> 7;
      case Q5_0 -> 8;
      case Q5_1 -> 9;
      case Q2_K -> 10;
      case Q3_K -> 11;
      case Q4_K -> 14;
      case Q5_K -> 16;
      case Q6_K -> 18;
      case IQ4_NL -> 25;
      case BF16 -> 32;
      case MXFP4 -> 38;
    };
  }

  /** Reads, quantises and writes a few rows at a time. */
  private static final class Stream {
    private final GgufWriter writer;
    private final WorkerPool pool;
    private final ConversionListener listener;
    private final long totalBytes;
    private final MemorySegment buffer;
    private long writtenBytes;

    Stream(
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
        writtenBytes += count * rowBytes;
        listener.progressed(tensor.name(), writtenBytes, totalBytes);
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
  }
}
