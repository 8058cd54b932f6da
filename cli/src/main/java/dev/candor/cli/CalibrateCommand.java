package dev.candor.cli;

import dev.candor.cli.RowFile.Format;
import dev.candor.engine.generation.ManyPrompts;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.confidence.Calibration;
import dev.candor.governance.confidence.CalibrationActs;
import dev.candor.governance.confidence.CalibrationDocument;
import dev.candor.governance.confidence.LabelledRow;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.explanation.PromptText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Holds a model's probabilities against what was right. */
@CommandLine.Command(
    name = "calibrate",
    description = {
      "Asks a model about texts whose labels are known, and finds out what its probabilities are"
          + " worth: a temperature that makes them honest, and how large a set of labels must be to"
          + " hold the right one. The texts are divided at random into three parts: one for the"
          + " temperature, one for the sets, one to check both. Texts that the model was trained on"
          + " make it look better than it is.",
      "",
      "The result is recorded as evidence about the model, whichever it is: PASS, FAIL (the"
          + " calibration error is above --most-error, a firm policy) or INSUFFICIENT_DATA. It holds"
          + " for this model, this question and these labels in this order, and 'candor explain'"
          + " goes by it: a case whose set has not just one label is referred to a person. Ends with"
          + " 1 unless the verdict is PASS. Roles: operate or govern."
    },
    footer = {
      "",
      "Examples:",
      "  candor calibrate candor-mini --set triage.jsonl --labels low,medium,high",
      "  candor calibrate candor-mini --set loans.csv --labels approve,refer,decline \\",
      "      --column application --label-column outcome --group-column region --alpha 0.05",
      "",
      "What the document holds: docs/reference/explanations.md."
    })
final class CalibrateCommand extends Command {

  /** Prompts that are read together. */
  private static final int BLOCK = 64;

  @Parameters(
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  String name;

  @Option(
      names = "--set",
      required = true,
      paramLabel = "FILE",
      description = "A .csv or .jsonl file of texts with their labels.")
  Path set = Path.of("");

  @Option(
      names = {"-l", "--labels"},
      required = true,
      split = ",",
      paramLabel = "LABEL",
      description = "What to choose from, in the order in which decisions offer it.")
  List<String> labels = List.of();

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = "What is asked, in place of the usual sentence.")
  @Nullable String instruction;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      defaultValue = "text",
      description = "The column with the text (default: ${DEFAULT-VALUE}).")
  String column = "text";

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      defaultValue = "label",
      description = "The column with the right label (default: ${DEFAULT-VALUE}).")
  String labelColumn = "label";

  @Option(
      names = "--group-column",
      paramLabel = "NAME",
      description = "A column with the group of each text: each gets sets of its own.")
  @Nullable String groupColumn;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.1",
      description = "How often a set may miss the right label (default: ${DEFAULT-VALUE}).")
  double alpha;

  @Option(
      names = "--most-error",
      paramLabel = "E",
      defaultValue = "0.1",
      description =
          "Limit of the calibration error, 15 bins of equal mass; firm policy (default:"
              + " ${DEFAULT-VALUE}).")
  double mostError;

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      description = "When the evidence ends, such as 2027-06-30T00:00:00Z (default: never).")
  @Nullable String until;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the division into parts (default: ${DEFAULT-VALUE}).")
  long seed;

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin ComputeArguments compute = new ComputeArguments();

  @Mixin ActorArguments actor = new ActorArguments();

  CalibrateCommand(Streams streams) {
    super(streams);
  }

  /** A text, what is right of it, and to what group it belongs. */
  private record KnownText(String text, int label, Optional<String> group) {}

  /** What the model thinks of all texts, and the question that it was asked. */
  private record Scored(List<LabelledRow> rows, String question) {}

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.RECORD_EVIDENCE);
    Optional<Instant> end =
        Optional.ofNullable(until).map(text -> RecordedText.instant("--until", text));
    labels = labels.stream().map(String::strip).toList();
    Calibration.Plan plan = new Calibration.Plan(alpha, mostError, seed);
    List<KnownText> texts = read();
    ModelArguments model = new ModelArguments();
    model.model = name;
    model.compute = compute;
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded = model.load(streams, adapter)) {
      new EvidenceActs(governance).requireToCome(end);
      Scored scored = score(loaded, model, texts);
      Calibration calibration = Calibration.of(labels, scored.question(), scored.rows(), plan);
      DigestTuple tuple = loaded.candidate(Optional.empty()).tuple(governance.policy().digest());
      long entry =
          new CalibrationActs(governance).record(actor.principal(), tuple, calibration, end);
      tell(loaded, tuple, calibration, entry);
      return calibration.verdict() == Verdict.PASS ? OK : FAILED;
    }
  }

  private List<KnownText> read() {
    Format format =
        Format.of(set)
            .orElseThrow(() ->
                new CommandException(
                    "rows.format", set + " is no .csv or .jsonl file", "Give one of these."));
    List<KnownText> texts = new ArrayList<>();
    for (Row row : RowFile.read(set, format)) {
      String text = cell(row, column).strip();
      String label = cell(row, labelColumn).strip();
      int place = labels.indexOf(label);
      if (place < 0) {
        throw new CommandException(
            "calibrate.label",
            "row "
                + row.number()
                + " has the label '"
                + MarkedText.plain(label)
                + "', which is"
                + " not one of --labels",
            "Name all labels that occur.");
      }
      texts.add(
          new KnownText(
              text, place, Optional.ofNullable(groupColumn).map(group -> cell(row, group))));
    }
    return texts;
  }

  private static String cell(Row row, String column) {
    if (row.cells().get(column) instanceof String text && !text.isBlank()) {
      return text;
    }
    throw new CommandException(
        "rows.no-text",
        "row "
            + row.number()
            + " has no text in the column '"
            + column
            + "'; it has "
            + row.cells().keySet(),
        "Say which columns hold text and label (--column, --label-column, --group-column).");
  }

  private Scored score(LoadedModel loaded, ModelArguments model, List<KnownText> texts) {
    List<LabelledRow> rows = new ArrayList<>();
    Optional<String> question = Optional.empty();
    try (Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams);
        TextTask task =
            new TextTask(
                loaded, model.session(loaded, model.contextOf(loaded.language())), false, 0)) {
      LabelQuestion asked = new LabelQuestion(labels, Optional.ofNullable(instruction));
      ManyPrompts prompts = new ManyPrompts(loaded.language(), task.options(), labels);
      for (int from = 0; from < texts.size(); from += BLOCK) {
        List<KnownText> block = texts.subList(from, Math.min(texts.size(), from + BLOCK));
        List<int[]> tokens =
            block.stream().map(text -> task.tokens(asked.words(text.text()))).toList();
        if (question.isEmpty()) {
          question =
              PromptText.of(
                      loaded.language().tokenizer(), tokens.getFirst(), block.getFirst().text())
                  .map(PromptText::question);
        }
        List<double[]> each =
            prompts
                .probabilities(tokens, (_, _) -> !interrupt.pressed())
                .orElseThrow(() ->
                    new CommandException(
                        "calibrate.stopped",
                        "the calibration was stopped, and nothing was recorded",
                        "Run it again."));
        for (int i = 0; i < block.size(); i++) {
          rows.add(LabelledRow.of(each.get(i), block.get(i).label(), block.get(i).group()));
        }
        progress.count("asking " + loaded.name(), rows.size(), texts.size());
      }
    }
    return new Scored(
        rows,
        question.orElseThrow(() ->
            new CommandException(
                "calibrate.question",
                "the first text does not stand in the prompt as it was given",
                "Give texts without characters that the model's tokenizer changes.")));
  }

  private void tell(LoadedModel loaded, DigestTuple tuple, Calibration it, long entry) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", loaded.name());
      members.put("tuple", tuple.digest());
      members.put("entry", entry);
      members.putAll(CalibrationDocument.members(it));
      printJson(members);
      return;
    }
    streams
        .out()
        .printf(
            Locale.ROOT,
            "%s: %s%n"
                + "  texts                 %d, %d of them to check%n"
                + "  right                 %.1f %%%n"
                + "  temperature           %.4f%n"
                + "  calibration error     %.4f before, %.4f after (15 bins of equal mass; at most"
                + " %s, firm policy)%n"
                + "                        %.4f before, %.4f after (15 bins of equal width)%n"
                + "  Brier score           %.4f before, %.4f after%n"
                + "  sets                  hold the right label in %.1f %%, promised are %.1f %% or"
                + " more%n"
                + "  referred to a person  %.1f %%; no method without assumptions refers fewer than"
                + " %.1f %%%n"
                + "Entry %d records it for tuple %s.%n",
            loaded.name(),
            it.verdict().name(),
            it.texts(),
            it.checked(),
            100 * it.accuracy(),
            it.temperature(),
            it.before().equalMass(),
            it.after().equalMass(),
            it.mostError(),
            it.before().equalWidth(),
            it.after().equalWidth(),
            it.before().brier(),
            it.after().brier(),
            100 * it.coverage(),
            100 * (1 - it.alpha()),
            100 * it.referred(),
            100 * it.leastReferred(),
            entry,
            tuple.digest().substring(0, 12));
  }
}
