package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.Packing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From a safetensors folder to one GGUF file. */
@CommandLine.Command(
    name = "convert",
    description = {
      "Turns a folder with config.json, safetensors and tokenizer.json into one GGUF file. Tensors"
          + " that are not stored as asked are listed with the reason."
    },
    footer = {
      "",
      "Examples:",
      "  candor models convert Phi-4-mini-flash-reasoning phi4flash.gguf --format Q4_0",
      "  candor models convert folder model.gguf --format BF16"
    })
final class ConvertCommand extends Command {

  /** What can be written, of all that can be read. */
  enum Format {
    Q4_0,
    Q4_K,
    Q8_0,
    BF16,
    F32
  }

  @Parameters(
      index = "0",
      paramLabel = "FOLDER",
      description = "A model as published on Hugging Face.")
  @Nullable Path folder;

  @Parameters(
      index = "1",
      paramLabel = "OUT.gguf",
      description = "The file to write; must not exist.")
  @Nullable Path out;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "Q4_0",
      description =
          "What matrices are stored as: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Format format = Format.Q4_0;

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "How many threads quantise (default: one per processor).")
  @Nullable Integer threads;

  @Option(
      names = "--pack",
      description =
          "Pack the file, as 'candor models add' does: no other program reads it then. Its digest"
              + " is that of the file that is written without this option.")
  boolean pack;

  ConvertCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (folder == null || out == null) {
      throw usage("give FOLDER and OUT.gguf");
    }
    if (!Files.isDirectory(folder)) {
      throw new CommandException(
          "convert.no-folder",
          folder + (Files.exists(folder) ? " is not a folder" : ": no such folder"),
          "Give the folder of a model as published on Hugging Face.");
    }
    BlockFormat target = BlockFormat.valueOf(format.name());
    List<Deviation> deviations;
    boolean packed = false;
    try (ProgressLine progress = new ProgressLine(streams);
        ComputeChoice compute =
            ComputeChoice.of(
                threads == null
                    ? LoadOptions.defaults()
                    : LoadOptions.defaults().withThreads(threads))) {
      WorkerPool pool = compute.compute().pool();
      if (pack) {
        requireAbsent(out);
        Path unpacked =
            out.resolveSibling(out.getFileName() + "." + UUID.randomUUID() + ".partial");
        // Also when the process is told to end.
        unpacked.toFile().deleteOnExit();
        try {
          deviations = Conversion.convert(folder, unpacked, target, pool, new Shown(progress));
          packed = pack(unpacked, out, pool, progress);
        } finally {
          delete(unpacked);
        }
      } else {
        deviations = Conversion.convert(folder, out, target, pool, new Shown(progress));
      }
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("file", out.toString());
      members.put("sizeBytes", size(out));
      members.put("format", format.name());
      members.put("packed", packed);
      members.put("deviations", deviations.stream().map(ConvertCommand::members).toList());
      printJson(members);
    } else {
      for (Deviation deviation : deviations) {
        streams.err().println(describe(deviation));
      }
      if (pack && !packed) {
        streams
            .err()
            .println("No matrix of this model can be packed; the file is as without --pack.");
      }
      streams
          .out()
          .println(out + " is written: " + ByteCount.text(size(out)) + (packed ? ", packed" : ""));
    }
    return OK;
  }

  /** Whether there was something to pack; if not, the file gets its name as it is. */
  private static boolean pack(Path file, Path out, WorkerPool pool, ProgressLine progress) {
    boolean packable;
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      packable = Packing.packableBytes(checkpoint) > 0;
    }
    if (packable) {
      Packing.pack(
          file,
          out,
          KernelSelector.choose().kernels(),
          pool,
          (done, total) -> progress.update("packing", done, total));
      return true;
    }
    try {
      Files.move(file, out);
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireAbsent(Path out) {
    if (Files.exists(out)) {
      throw new CommandException(
          "weights.exists", out + " is there already", "Remove it or choose another name.");
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For a person. */
  static String describe(Deviation deviation) {
    return deviation.tensor()
        + " "
        + deviation.shape()
        + deviation.stored().map(stored -> " is " + stored).orElse(" is left out")
        + ": "
        + deviation.reason();
  }

  /** For a program. */
  static Map<String, Object> members(Deviation deviation) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tensor", deviation.tensor());
    members.put("shape", deviation.shape());
    members.put("stored", deviation.stored().map(BlockFormat::name).orElse("left out"));
    members.put("reason", deviation.reason());
    return members;
  }

  /** Draws the progress; the deviations are listed when all is done. */
  private static final class Shown implements ConversionListener {
    private final ProgressLine progress;

    Shown(ProgressLine progress) {
      this.progress = progress;
    }

    @Override
    public void progressed(String tensor, long writtenBytes, long totalBytes) {
      progress.update("converting", writtenBytes, totalBytes);
    }

    @Override
    public void deviated(Deviation deviation) {
      // The conversion gives them back.
    }
  }
}
