package dev.candor.cli;

import dev.candor.cli.store.ModelSource;
import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.training.data.DataRow;
import dev.candor.training.gates.Evidence;
import dev.candor.training.gates.GateFile;
import dev.candor.training.gates.GateRun;
import dev.candor.training.gates.Prediction;
import dev.candor.training.gates.Predictions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A candidate that passes its gates becomes a model of the store. */
@CommandLine.Command(
    name = "promote",
    description = {
      "Adds a model to the store if it passes its gates, and keeps the evidence beside it;"
          + " otherwise refuses it and says why.",
      "",
      "Nothing in the evidence is taken on trust: it must name the digest of this model, the"
          + " verdict is computed anew from the predictions and the gate file, and the model is"
          + " asked again about some sealed rows, drawn at random, whose answers must be those in"
          + " the predictions.",
      "",
      "With --record the evidence is an entry of the ledger too, so that what lies beside the model"
          + " can be held against it."
    },
    footer = {
      "",
      "Example:",
      "  candor train promote candidate.gguf --evidence evidence --gates gates.yaml --name triage-2"
    })
final class PromoteCommand extends Command {

  /** The candidate's predictions in the folder of the evidence. */
  static final String CANDIDATE = "candidate.jsonl";

  /** The incumbent's. */
  static final String INCUMBENT = "incumbent.jsonl";

  /** How far a probability may be from the one in the predictions. */
  private static final double TOLERANCE = 1e-6;

  @Parameters(
      arity = "1",
      paramLabel = "MODEL",
      description = "The candidate: a GGUF file, or the folder of a checkpoint.")
  Path candidate = Path.of("");

  @Option(
      names = "--evidence",
      required = true,
      paramLabel = "DIR",
      description = "What 'candor train gates --out DIR' has made.")
  Path evidence = Path.of("");

  @Option(names = "--gates", required = true, paramLabel = "FILE", description = "The gate file.")
  Path gates = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "How to call the model (default: as its file).")
  @Nullable String name;

  @Option(
      names = "--replay",
      defaultValue = "10",
      paramLabel = "N",
      description = "So many sealed rows are asked again, 0 for none (default: ${DEFAULT-VALUE}).")
  int replay = 10;

  @Option(names = "--no-pack", description = "Keep the file as it came.")
  boolean unpacked;

  @Mixin EvidenceArguments recording = new EvidenceArguments();

  @Mixin ComputeArguments compute = new ComputeArguments();

  PromoteCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (replay < 0) {
      throw usage("--replay must be 0 or more");
    }
    recording.requireRecordable();
    if (!Files.exists(candidate)) {
      throw new CommandException(
          "file.missing", candidate + ": no such file or folder", "Check the path.");
    }
    // A path whatever the store has of that name.
    candidate = candidate.toAbsolutePath().normalize();
    Predictions predictions = Predictions.read(evidence.resolve(CANDIDATE));
    Path other = evidence.resolve(INCUMBENT);
    Optional<Predictions> incumbent =
        Files.exists(other) ? Optional.of(Predictions.read(other)) : Optional.empty();
    byte[] given = TextFile.bytes(evidence.resolve(Evidence.FILE));
    GateRun run;
    Evidence anew;
    try (ProgressLine progress = new ProgressLine(streams)) {
      run = new GateRun(GateFile.read(gates), progress::count);
      anew = run.run(predictions, incumbent);
    }
    int replayed = askAgain(run, anew, given, predictions);
    StoredModel added;
    try (ProgressLine progress = new ProgressLine(streams)) {
      added =
          ModelStore.ofUser()
              .addEndorsed(
                  ModelSource.parse(candidate.toString()),
                  Optional.ofNullable(name),
                  unpacked ? ModelStore.Form.AS_IT_CAME : ModelStore.Form.PACKED,
                  new ModelStore.Endorsement(anew.candidate().digest(), anew.document()),
                  progress::update);
    }
    OptionalLong entry =
        recording.record(streams, added.name(), EvidenceKind.GATES, Verdict.PASS, anew.document());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>(ModelsCommand.members(added));
      members.put("verdict", anew.verdict().name());
      members.put("replayedRows", replayed);
      members.put("evidence", added.folder().resolve(Evidence.FILE).toString());
      entry.ifPresent(index -> members.put("entry", index));
      printJson(members);
    } else {
      GatesCommand.print(streams, anew);
      streams
          .out()
          .printf(
              "%s is promoted: sha256:%s, %d rows asked again, evidence in %s%n",
              added.name(), added.digest(), replayed, added.folder().resolve(Evidence.FILE));
      entry.ifPresent(
          index -> streams.out().println("Entry " + index + " of the ledger records it."));
    }
    return OK;
  }

  /** Returns how many rows were asked again. */
  private int askAgain(GateRun run, Evidence anew, byte[] given, Predictions predictions) {
    try (LoadedModel loaded =
            LoadedModel.load(streams, Optional.of(candidate.toString()), compute.options());
        ProgressLine progress = new ProgressLine(streams)) {
      anew.requirePromotes(loaded.language().digest(), given);
      if (replay == 0) {
        return 0;
      }
      SealedQuestions.Settings settings =
          SealedQuestions.Settings.of(predictions.header().settings());
      SealedQuestions questions =
          new SealedQuestions(run.sealedSet().manifest().schema(), settings);
      ModelArguments arguments = new ModelArguments();
      arguments.cacheFormat = settings.cacheFormat();
      Map<String, Prediction> byId = new HashMap<>();
      predictions.rows().forEach(row -> byId.put(row.id(), row));
      List<DataRow> rows = new ArrayList<>(run.sealedRows());
      // Not by a seed: nobody can know beforehand which rows must be true.
      Collections.shuffle(rows, new SecureRandom());
      rows = rows.subList(0, Math.min(replay, rows.size()));
      try (TextTask task =
          new TextTask(
              loaded,
              arguments.session(arguments.contextOf(loaded.language())),
              settings.think(),
              settings.maximumTokens())) {
        int done = 0;
        for (DataRow row : rows) {
          requireSame(questions.ask(task, row), Objects.requireNonNull(byId.get(row.id())));
          progress.count("asking again", ++done, rows.size());
        }
      }
      return rows.size();
    }
  }

  private static void requireSame(Prediction now, Prediction said) {
    double distance = Math.abs(now.probability().orElse(-1) - said.probability().orElse(-1));
    if (!now.answer().equals(said.answer()) || distance > TOLERANCE) {
      throw new CommandException(
          "predictions.differ",
          "asked again about row "
              + now.id()
              + ", the model answers '"
              + now.answer()
              + "' ("
              + now.probability().orElse(-1)
              + "), the predictions say '"
              + said.answer()
              + "' ("
              + said.probability().orElse(-1)
              + ")",
          "These predictions are not this model's. Evaluate it again.");
    }
  }
}
