package dev.candor.cli;

import dev.candor.training.gates.Evidence;
import dev.candor.training.gates.GateFile;
import dev.candor.training.gates.GateResult;
import dev.candor.training.gates.GateRun;
import dev.candor.training.gates.Predictions;
import dev.candor.training.gates.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Whether a candidate passes its gates. */
@CommandLine.Command(
    name = "gates",
    description = {
      "Holds the predictions of a candidate against a gate file: PASS where every gate is passed"
          + " beyond doubt, FAIL where one is failed beyond doubt or a sealed row is in the training"
          + " sets, otherwise INSUFFICIENT_DATA.",
      "",
      "The exit code is 0 with PASS only."
    },
    footer = {
      "",
      "Examples:",
      "  candor train gates --candidate new.jsonl --gates gates.yaml",
      "  candor train gates --candidate new.jsonl --incumbent now.jsonl --gates gates.yaml \\",
      "      --out evidence --json"
    })
final class GatesCommand extends Command {

  @Option(
      names = "--candidate",
      required = true,
      paramLabel = "FILE",
      description = "Predictions of the model that is to be promoted.")
  Path candidate = Path.of("");

  @Option(
      names = "--incumbent",
      paramLabel = "FILE",
      description = "Predictions of the model that it is to replace.")
  @Nullable Path incumbent;

  @Option(names = "--gates", required = true, paramLabel = "FILE", description = "The gate file.")
  Path gates = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "A new folder for evidence.json and the predictions, which 'candor train promote' reads.")
  @Nullable Path out;

  GatesCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Evidence evidence;
    try (ProgressLine progress = new ProgressLine(streams)) {
      evidence =
          new GateRun(GateFile.read(gates), progress::count)
              .run(
                  Predictions.read(candidate),
                  Optional.ofNullable(incumbent).map(Predictions::read));
    }
    if (out != null) {
      write(out, evidence);
    }
    if (json) {
      printJson(evidence.members());
    } else {
      print(streams, evidence);
    }
    return evidence.verdict() == Verdict.PASS ? OK : FAILED;
  }

  private void write(Path folder, Evidence evidence) {
    if (Files.exists(folder)) {
      throw new CommandException(
          "evidence.exists", folder + " is there already", "Choose another folder.");
    }
    try {
      Files.createDirectories(folder);
      Files.copy(candidate, folder.resolve(PromoteCommand.CANDIDATE));
      if (incumbent != null) {
        Files.copy(incumbent, folder.resolve(PromoteCommand.INCUMBENT));
      }
      Files.write(folder.resolve(Evidence.FILE), evidence.document());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line for each gate, and the verdict. */
  static void print(Streams streams, Evidence evidence) {
    int width = evidence.gates().stream().mapToInt(gate -> gate.name().length()).max().orElse(1);
    for (GateResult gate : evidence.gates()) {
      String measured =
          gate.measured()
              .map(found ->
                  String.format(
                      Locale.ROOT,
                      "%.4f (%.4f to %.4f), limit %.4f, %d rows; ",
                      found.estimate(),
                      found.lower(),
                      found.upper(),
                      gate.limit(),
                      gate.rows()))
              .orElse("");
      streams
          .out()
          .printf(
              "%-17s  %-" + width + "s  %s%s%n",
              gate.verdict(),
              gate.name(),
              measured,
              gate.reason());
    }
    if (evidence.training().isEmpty()) {
      streams
          .out()
          .println("What the candidate was trained on is unknown: no leak was looked for.");
    }
    streams.out().println("verdict: " + evidence.verdict());
  }
}
