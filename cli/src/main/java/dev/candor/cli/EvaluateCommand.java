package dev.candor.cli;

import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.intervals.Shares;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import dev.candor.training.gates.Prediction;
import dev.candor.training.gates.Predictions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a model answers to the rows of a set. */
@CommandLine.Command(
    name = "evaluate",
    description = {
      "Asks a model about the rows of a data set and writes down what it answers, and how probable"
          + " that was: of a classification as 'candor classify' asks, otherwise the text itself,"
          + " answered by the most likely tokens. The set must allow the purpose"
          + " model-evaluation."
    },
    footer = {
      "",
      "Examples:",
      "  candor train evaluate --model candidate.gguf --set sealed --out candidate.jsonl",
      "  candor train evaluate --set sealed --split validation --out now.jsonl --json"
    })
final class EvaluateCommand extends Command {

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Option(names = "--set", required = true, paramLabel = "DIR", description = "The data set.")
  Path set = Path.of("");

  @Option(
      names = "--split",
      defaultValue = "test",
      paramLabel = "NAME",
      description = "train, validation, test or all (default: ${DEFAULT-VALUE}).")
  String split = "test";

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "Where the predictions go.")
  Path out = Path.of("");

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description =
          "What is asked, in place of the usual sentence; of free answers before the text.")
  @Nullable String instruction;

  @Option(names = "--think", description = "Let a reasoning model think before it answers.")
  boolean think;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Most tokens of thoughts, and of an answer (default: ${DEFAULT-VALUE}).")
  int maximumTokens = 256;

  EvaluateCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (maximumTokens < 1) {
      throw usage("--max-tokens must be 1 or more");
    }
    Optional<DataSplit> part = DataSplit.of(split);
    if (part.isEmpty() && !split.equals("all")) {
      throw usage("--split must be train, validation, test or all");
    }
    DataSet data = DataSet.open(set, DataSet.MODEL_EVALUATION);
    List<DataRow> rows = part.map(data::rows).orElseGet(data::rows);
    if (rows.isEmpty()) {
      throw new CommandException(
          "rows.none",
          "the split " + split + " of " + set + " has no rows",
          "Say which split to ask about (--split).");
    }
    SealedQuestions.Settings settings =
        new SealedQuestions.Settings(
            Optional.ofNullable(instruction), think, maximumTokens, model.cacheFormat);
    SealedQuestions questions = new SealedQuestions(data.manifest().schema(), settings);
    try (LoadedModel loaded = model.load(streams, adapter)) {
      Map<String, Object> asked = new LinkedHashMap<>(settings.members());
      loaded.adapter().digest().ifPresent(digest -> asked.put(SealedQuestions.ADAPTER, digest));
      Predictions.Header header =
          new Predictions.Header(
              loaded.name(),
              loaded.language().digest(),
              data.manifest().name(),
              data.digest(),
              split,
              asked);
      report(loaded, rows.size(), write(loaded, questions, header, rows));
    }
    return OK;
  }

  /** Returns how many are right. */
  private int write(
      LoadedModel loaded,
      SealedQuestions questions,
      Predictions.Header header,
      List<DataRow> rows) {
    int right = 0;
    int done = 0;
    // Under another name until all of it is there.
    Path target = out.toAbsolutePath().normalize();
    Path part = target.resolveSibling("." + target.getFileName() + ".part");
    try (ProgressLine progress = new ProgressLine(streams);
        PrintStream lines =
            new PrintStream(Files.newOutputStream(part), false, StandardCharsets.UTF_8);
        TextTask task =
            new TextTask(
                loaded,
                model.session(loaded, model.contextOf(loaded.language())),
                think,
                maximumTokens)) {
      JsonOutput.printLine(lines, header.members());
      for (DataRow row : rows) {
        Prediction prediction = questions.ask(task, row);
        right += prediction.isRight() ? 1 : 0;
        JsonOutput.printLine(lines, Predictions.members(prediction));
        progress.count("", ++done, rows.size());
      }
      if (lines.checkError()) {
        throw new CommandException(
            "rows.unwritable", "the predictions cannot be written", "Check the disk.");
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return right;
  }

  private void report(LoadedModel loaded, int rows, int right) {
    Measured share = Shares.of(right, rows, Shares.Method.WILSON, 0.95);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("file", out.toString());
      members.put("model", loaded.name());
      members.put("modelDigest", loaded.language().digest());
      members.put("rows", rows);
      members.put("right", right);
      members.put("share", share.estimate());
      members.put("lower", share.lower());
      members.put("upper", share.upper());
      printJson(members);
    } else {
      streams
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "%s: %d of %d right, %.1f %% (95 %%: %.1f to %.1f %%), written to %s",
                  loaded.name(),
                  right,
                  rows,
                  100 * share.estimate(),
                  100 * share.lower(),
                  100 * share.upper(),
                  out));
    }
  }
}
