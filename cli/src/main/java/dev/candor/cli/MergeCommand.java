package dev.candor.cli;

import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.adapters.AdapterMerging;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.ConversionListener.Deviation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From a model and an adapter to one GGUF file. */
@CommandLine.Command(
    name = "merge",
    description = {
      "Writes a model with an adapter in its weights as one GGUF file. Layers that the adapter"
          + " changes are rounded anew; all others stay as they are."
    },
    footer = {
      "",
      "Examples:",
      "  candor models merge --model smollm2-135m-instruct --adapter sections merged.gguf",
      "  candor models merge --model model.gguf --adapter folder merged.gguf --format F16"
    })
final class MergeCommand extends Command {

  /** What changed layers can be stored as. */
  enum Format {
    Q8_0,
    F16,
    BF16,
    F32
  }

  @Option(
      names = {"-m", "--model"},
      required = true,
      paramLabel = "NAME|PATH",
      description = "A name from 'candor models list', or a file or folder.")
  String model = "";

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "The folder that training, or PEFT, has written.")
  Path adapter = Path.of("");

  @Parameters(
      arity = "1",
      paramLabel = "OUT.gguf",
      description = "The file to write; must not exist.")
  Path out = Path.of("");

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description =
          "What changed layers are stored as: ${COMPLETION-CANDIDATES} (default: F32 where the model"
              + " has F32, else F16).")
  @Nullable Format format;

  @Mixin ComputeArguments compute = new ComputeArguments();

  MergeCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    AdapterFolder folder = AdapterFolder.read(adapter);
    folder.warning().ifPresent(streams.err()::println);
    Optional<BlockFormat> asked =
        Optional.ofNullable(format).map(it -> BlockFormat.valueOf(it.name()));
    List<Deviation> deviations;
    try (LoadedModel loaded = LoadedModel.load(streams, Optional.of(model), compute.options());
        ComputeChoice choice = ComputeChoice.of(compute.options());
        ProgressLine progress = new ProgressLine(streams)) {
      LanguageModel language = loaded.language();
      deviations =
          AdapterMerging.merge(
              loaded.found().weights(),
              language,
              folder,
              out,
              asked,
              choice.compute().kernels(),
              choice.compute().pool(),
              new ConversionListener() {
                @Override
                public void progressed(String tensor, long writtenBytes, long totalBytes) {
                  progress.update("merging", writtenBytes, totalBytes);
                }

                @Override
                public void deviated(Deviation deviation) {
                  // The merge gives them back.
                }
              });
    }
    report(folder, deviations);
    return OK;
  }

  private void report(AdapterFolder folder, List<Deviation> deviations) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("file", out.toString());
      members.put("sizeBytes", size());
      members.put("adapterDigest", folder.digest());
      members.put("changedLayers", folder.factors().size());
      members.put("deviations", deviations.stream().map(ConvertCommand::members).toList());
      printJson(members);
    } else {
      deviations.forEach(it -> streams.err().println(ConvertCommand.describe(it)));
      streams.out().println(out + " is written: " + ByteCount.text(size()));
    }
  }

  private long size() {
    try {
      return Files.size(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
