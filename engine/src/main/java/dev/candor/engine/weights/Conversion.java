package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Turns a model folder into one GGUF file, following llama.cpp's conventions where it knows the
 * architecture, so that other programs read the file too. A stream: besides what the operating
 * system caches of the source, it holds a few megabytes and the vocabulary.
 *
 * <p>The same folder and format give the same bytes, whatever the number of threads.
 */
public final class Conversion {

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
    return convert(source, out, target, tensor -> target, Map.of(), pool, listener);
  }

  /**
   * The same with a target for each tensor.
   *
   * @param mostly what the file says of itself
   * @param targets of a tensor by its Hugging Face name
   * @param facts more keys of the file
   */
  static List<Deviation> convert(
      WeightSource source,
      Path out,
      BlockFormat mostly,
      Function<String, BlockFormat> targets,
      Map<String, String> facts,
      WorkerPool pool,
      ConversionListener listener) {
    requireTarget(mostly);
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
      BlockFormat target = targets.apply(tensor.name());
      FormatChoice choice = FormatChoice.of(tensor.ggufName(), tensor.shape(), target);
      if (!choice.deviation().isEmpty()) {
        deviations.add(tensor.deviation(choice));
      }
      declarations.add(new Declaration(tensor.ggufName(), choice.format(), tensor.shape()));
    }
    deviations.forEach(listener::deviated);
    GgufMetadata metadata = metadata(modelType, source, mostly, tensors);
    facts.forEach(metadata::text);
    try (GgufWriter writer = GgufWriter.create(out, metadata, declarations);
        Arena arena = Arena.ofShared()) {
      TensorStream stream = new TensorStream(writer, pool, listener, declarations, arena);
      for (int i = 0; i < tensors.size(); i++) {
        stream.write(tensors.get(i), declarations.get(i));
      }
      writer.finish();
    }
    return List.copyOf(deviations);
  }

  static void requireTarget(BlockFormat target) {
    if (!FormatChoice.TARGETS.contains(target)) {
      throw new WeightsException(
          "unsupported",
          target + " is a format that can be read, not written",
          "Convert to one of Q4_0, Q4_K, Q8_0, BF16 or F32.");
    }
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
}
