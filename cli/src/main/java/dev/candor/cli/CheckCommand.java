package dev.candor.cli;

import dev.candor.cli.check.CheckReport;
import dev.candor.cli.check.GoldenCheck;
import dev.candor.engine.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether a model does what a reference implementation did. */
@CommandLine.Command(
    name = "check",
    description = {
      "Compares a model with the outputs of a reference implementation. Exit code 0 only if all"
          + " comparisons hold.",
      "",
      "A DIR holds a checkpoint, golden.json and golden.safetensors: logits of every position"
          + " within the file's tolerance_hint; the logits of decoding token by token against"
          + " those of prefills; greedy tokens, exactly, save where reference and model both see"
          + " two candidates within twice the tolerance; every text of tokenizer_golden.json. On a"
          + " failure, the first layer that differs.",
      "",
      "--model and --golden compare a released model with llama.cpp: the token ids of every"
          + " string; the greedy continuation of every prompt with both the float32 and the 8-bit"
          + " run, up to the first step whose margin is below 0.75; the choice at every step of"
          + " the float32 continuation whose margin is not; the mean negative log likelihood"
          + " within 0.5 %%."
    },
    footer = {
      "",
      "Examples:",
      "  candor check fixtures/sambay-tiny",
      "  candor check fixtures/* --json",
      "  candor check --model model.gguf --golden model.json"
    })
final class CheckCommand extends Command {

  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = "Folders with a checkpoint and its golden files.")
  List<Path> folders = List.of();

  @Option(
      names = "--golden",
      paramLabel = "FILE.json",
      description = "With --model: what the reference made of that model.")
  @Nullable Path golden;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME|PATH",
      description = "With --golden: the released model.")
  @Nullable String model;

  @Option(
      names = "--cache-format",
      paramLabel = "F16|F32|Q8_0",
      defaultValue = "F32",
      description = "With --golden: how keys and values are kept (default: F32).")
  ModelArguments.CacheFormat cacheFormat = ModelArguments.CacheFormat.F32;

  @Mixin ComputeArguments compute = new ComputeArguments();

  CheckCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (folders.isEmpty() == (golden == null)) {
      throw usage("give either DIR, or --model and --golden");
    }
    List<CheckReport> reports = new ArrayList<>();
    if (golden != null) {
      reports.add(released(golden));
    } else {
      for (Path folder : folders) {
        reports.add(folder(folder));
      }
    }
    boolean holds = reports.stream().allMatch(CheckReport::holds);
    if (json) {
      printJson(
          reports.size() == 1
              ? reports.getFirst().members()
              : Map.of(
                  "holds", holds, "reports", reports.stream().map(CheckReport::members).toList()));
    } else {
      reports.forEach(report -> streams.out().print(report.table()));
    }
    return holds ? OK : FAILED;
  }

  private CheckReport folder(Path folder) {
    if (!Files.isRegularFile(folder.resolve("golden.json"))) {
      throw new CommandException(
          "check.no-golden",
          folder + (Files.isDirectory(folder) ? " holds no golden.json" : ": no such folder"),
          "Give a folder with a checkpoint, golden.json and golden.safetensors.");
    }
    try (ComputeChoice chosen = ComputeChoice.of(compute.options());
        Checkpoint checkpoint = Checkpoint.open(folder);
        ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("comparing " + folder);
      return GoldenCheck.report(folder, checkpoint, chosen.compute());
    }
  }

  private CheckReport released(Path golden) {
    try (LoadedModel loaded =
            LoadedModel.load(streams, Optional.ofNullable(model), compute.options());
        ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("comparing " + loaded.name() + " with " + golden.getFileName());
      return GoldenCheck.report(
          loaded.found().weights(),
          loaded.language(),
          cacheFormat.format,
          golden,
          loaded.language().kernels() + " kernels");
    }
  }
}
