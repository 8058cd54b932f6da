package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.ConversionListener.Deviation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    try (ProgressLine progress = new ProgressLine(streams);
        ComputeChoice compute =
            ComputeChoice.of(
                threads == null
                    ? LoadOptions.defaults()
                    : LoadOptions.defaults().withThreads(threads))) {
      deviations =
          Conversion.convert(folder, out, target, compute.compute().pool(), new Shown(progress));
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("file", out.toString());
      members.put("sizeBytes", size(out));
      members.put("format", format.name());
      members.put("deviations", deviations.stream().map(ConvertCommand::members).toList());
      printJson(members);
    } else {
      for (Deviation deviation : deviations) {
        streams
            .err()
            .println(
                deviation.tensor()
                    + " "
                    + deviation.shape()
                    + deviation.stored().map(stored -> " is " + stored).orElse(" is left out")
                    + ": "
                    + deviation.reason());
      }
      streams.out().println(out + " is written: " + ByteCount.text(size(out)));
    }
    return OK;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> members(Deviation deviation) {
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
