package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a model with changes in some of its linear layers as one GGUF file. Changed layers are
 * rounded anew, to {@link #format}; all other tensors keep their format, and of a GGUF file their
 * bytes. A packed file comes out unpacked.
 */
public final class Merging {

  /** What is added to the weights of a linear layer. */
  public interface Change {

    int outputs();

    int inputs();

    /**
     * Adds to one row; called by several threads at once.
     *
     * @param row as the model's authors number it
     * @param weights of the row, {@link #inputs} of them
     */
    void addTo(int row, float[] weights);
  }

  private final Map<String, Change> changes;
  private final Optional<BlockFormat> asked;
  private final Map<String, String> facts;
  private final Kernels kernels;
  private final WorkerPool pool;
  private final ConversionListener listener;

  /**
   * A merge to come.
   *
   * @param changes by the Hugging Face names of the layers, without {@code .weight}
   * @param asked what changed layers are stored as; empty for what {@link #format} says
   * @param facts keys that the file gets besides the model's
   */
  public Merging(
      Map<String, Change> changes,
      Optional<BlockFormat> asked,
      Map<String, String> facts,
      Kernels kernels,
      WorkerPool pool,
      ConversionListener listener) {
    asked.ifPresent(Conversion::requireTarget);
    this.changes = Map.copyOf(changes);
    this.asked = asked;
    this.facts = facts;
    this.kernels = kernels;
    this.pool = pool;
    this.listener = listener;
  }

  /**
   * What a changed layer of this format is stored as, if nothing else is asked: F32 where it was,
   * else F16. Beside quantised weights F32 comes no nearer to the unmerged model than F16 does, and
   * Q8_0 stays half as far away again; docs/reference/adapters.md has the figures.
   */
  public static BlockFormat format(BlockFormat source) {
    return source == BlockFormat.F32 ? BlockFormat.F32 : BlockFormat.F16;
  }

  /**
   * Writes the file.
   *
   * @param out must not exist
   * @return what is not stored as was asked
   * @throws dev.candor.engine.EngineException if a changed layer is missing or has another shape
   *     ({@code model.*}), or the file cannot be written; then there is no file
   */
  public List<Deviation> write(Path model, Path out) {
    PartialFile.requireAbsent(out);
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      changes.forEach((layer, change) ->
          checkpoint.require(layer + ".weight", change.outputs(), change.inputs()));
      return switch (checkpoint) {
        case GgufFile file -> writeGguf(file, out);
        case SafetensorsFolder folder -> writeFolder(folder, out);
        default ->
            throw new WeightsException(
                "unsupported",
                model.getFileName() + " is neither a GGUF file nor a folder of safetensors",
                "Merge with the model in one of these forms.");
      };
    }
  }

  private Optional<Change> change(String tensor) {
    return tensor.endsWith(".weight")
        ? Optional.ofNullable(changes.get(tensor.substring(0, tensor.length() - 7)))
        : Optional.empty();
  }

  private List<Deviation> writeGguf(GgufFile source, Path out) {
    List<Deviation> deviations = new ArrayList<>();
    List<Declaration> declarations = new ArrayList<>();
    source
        .stored()
        .forEach((name, tensor) -> {
          BlockFormat format = tensor.format();
          if (change(tensor.name()).isPresent()) {
            FormatChoice choice =
                FormatChoice.of(name, tensor.shape(), asked.orElse(format(tensor.format())));
            format = choice.format();
            if (!choice.deviation().isEmpty()) {
              deviations.add(
                  new Deviation(
                      tensor.name(),
                      tensor.shape().toString(),
                      Optional.of(format),
                      choice.deviation()));
            }
          }
          declarations.add(new Declaration(name, format, tensor.shape()));
        });
    deviations.forEach(listener::deviated);
    try (GgufWriter writer = GgufWriter.create(out, metadata(source), declarations);
        Arena arena = Arena.ofShared()) {
      TensorStream stream = new TensorStream(writer, pool, listener, declarations, arena);
      int i = 0;
      for (Map.Entry<String, Tensor> entry : source.stored().entrySet()) {
        Declaration declaration = declarations.get(i++);
        Tensor tensor = entry.getValue();
        Optional<Change> change = change(tensor.name());
        if (change.isPresent()) {
          stream.write(changed(source, entry.getKey(), tensor, change.get()), declaration);
        } else {
          stream.copy(tensor, declaration);
        }
      }
      writer.finish();
    }
    return List.copyOf(deviations);
  }

  private OutputTensor changed(Checkpoint source, String ggufName, Tensor tensor, Change change) {
    Matrix matrix = tensor.matrix();
    String layer = tensor.name().substring(0, tensor.name().length() - 7);
    RowOrder order = RowOrder.of(source, layer, matrix.rows());
    return new OutputTensor(
        tensor.name(),
        ggufName,
        tensor.shape(),
        (row, weights) -> {
          kernels.dequantize(matrix, (int) row, weights, 0);
          change.addTo(order.source((int) row), weights);
        });
  }

  /** The source's keys as they are, but for what says how it is packed; then the facts. */
  private GgufMetadata metadata(GgufFile source) {
    GgufMetadata metadata = new GgufMetadata();
    long begin = GgufHeader.KEYS_BEGIN;
    for (Map.Entry<String, GgufHeader.Entry> entry : source.header().entries().entrySet()) {
      long end = entry.getValue().end();
      if (!PackedKeys.isPartOfPacking(entry.getKey()) && !facts.containsKey(entry.getKey())) {
        metadata.copy(entry.getKey(), source.mapped().asSlice(begin, end - begin));
      }
      begin = end;
    }
    facts.forEach(metadata::text);
    return metadata;
  }

  private List<Deviation> writeFolder(SafetensorsFolder checkpoint, Path out) {
    Path path = checkpoint.path();
    Path folder =
        Files.isDirectory(path)
            ? path
            : Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(path);
    Map<String, BlockFormat> formats = new HashMap<>();
    Map<BlockFormat, Long> bytes = new HashMap<>();
    for (Tensor tensor : checkpoint.tensors()) {
      boolean changes = change(tensor.name()).isPresent();
      BlockFormat format = changes ? asked.orElse(format(tensor.format())) : tensor.format();
      formats.put(tensor.name(), format);
      bytes.merge(format, tensor.data().byteSize(), Long::sum);
    }
    BlockFormat mostly =
        bytes.entrySet().stream()
            .max(
                Map.Entry.<BlockFormat, Long>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse(BlockFormat.F32);
    return Conversion.convert(
        new ChangedSource(new FolderSource(checkpoint, folder), this::change),
        out,
        mostly,
        name -> formats.getOrDefault(name, mostly),
        facts,
        pool,
        listener);
  }
}
