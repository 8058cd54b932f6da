package dev.candor.cli;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.ManyPrompts;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.fairness.BiasActs;
import dev.candor.governance.fairness.BiasDocument;
import dev.candor.governance.fairness.BiasPage;
import dev.candor.governance.fairness.BiasPlan;
import dev.candor.governance.fairness.BiasReport;
import dev.candor.governance.fairness.BiasRun;
import dev.candor.governance.fairness.BiasStatistics;
import dev.candor.governance.fairness.Commitment;
import dev.candor.governance.fairness.Finding;
import dev.candor.governance.fairness.LabelScorer;
import dev.candor.governance.fairness.TestOutcome;
import dev.candor.governance.provenance.attestations.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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

/** Runs a plan of tests for bias. */
@CommandLine.Command(
    name = "run",
    description = {
      "Asks a model all questions of a plan that was committed to, judges what it says, and records"
          + " the verdict as evidence, whichever it is: PASS, FAIL or INSUFFICIENT_DATA. Questions"
          + " are measured and not decided, so none of them is a decision on record. Ends with 1"
          + " unless the verdict is PASS. Needs the role operate or govern."
    },
    footer = {
      "",
      "Examples:",
      "  candor bias run candor-mini --plan plan.yaml",
      "  candor bias run candor-mini --plan plan.yaml --out report --key signing.pem",
      "  candor bias run candor-mini --plan plan.yaml --until 2027-06-30T00:00:00Z --json"
    })
final class BiasRunCommand extends Command {

  @Parameters(
      paramLabel = "MODEL",
      description = "A name from 'candor models list', or a file or folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  String name;

  @Option(names = "--plan", required = true, paramLabel = "FILE", description = "The plan.")
  Path plan = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description =
          "Write report.md, report.html, statement.json, answers.jsonl and statistics.json there,"
              + " a folder that is made.")
  @Nullable Path out;

  @Option(
      names = "--key",
      paramLabel = "PEM",
      description = "Sign the statement with this key; 'candor sign --new-key' makes one.")
  @Nullable Path key;

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      description = "When the evidence ends, such as 2027-06-30T00:00:00Z (default: never).")
  @Nullable String until;

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin ComputeArguments compute = new ComputeArguments();

  @Mixin ActorArguments actor = new ActorArguments();

  BiasRunCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.RECORD_EVIDENCE);
    Optional<Instant> end =
        Optional.ofNullable(until).map(text -> RecordedText.instant("--until", text));
    Optional<SigningKey> signer =
        Optional.ofNullable(key).map(file -> SigningKey.parse(TextFile.bytes(file)));
    BiasPlanFile read = BiasPlanFile.read(plan);
    Path folder = out;
    if (folder != null && Files.exists(folder)) {
      throw new CommandException(
          "out.exists", folder + " exists", "Name a folder that does not exist yet.");
    }
    ModelArguments model = new ModelArguments();
    model.model = name;
    model.compute = compute;
    BiasRun run = new BiasRun(read.plan(), read.sets());
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded = model.load(streams, adapter)) {
      new EvidenceActs(governance).requireToCome(end);
      BiasActs acts = new BiasActs(governance);
      DigestTuple tuple = loaded.candidate(Optional.empty()).tuple(governance.policy().digest());
      Commitment commitment = acts.requireCommitment(read.plan(), read.sets(), tuple);
      int before = acts.runs(tuple);
      Optional<BiasRun.Result> result = measure(run, loaded, model);
      if (result.isEmpty()) {
        throw new CommandException(
            "bias.stopped",
            "the run was stopped: half a run says nothing, and nothing was recorded",
            "Run it again.");
      }
      BiasActs.Recorded recorded =
          acts.record(actor.principal(), commitment, result.get(), loaded.name(), signer, end);
      BiasReport report = new BiasReport(commitment, result.get(), loaded.name());
      if (folder != null) {
        write(folder, read.plan(), report, result.get(), recorded);
      }
      tell(loaded, tuple, commitment, result.get(), recorded, before);
      return result.get().verdict() == Verdict.PASS ? OK : FAILED;
    }
  }

  private Optional<BiasRun.Result> measure(BiasRun run, LoadedModel loaded, ModelArguments model) {
    try (Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams);
        TextTask task =
            new TextTask(
                loaded, model.session(loaded, model.contextOf(loaded.language())), false, 0)) {
      return run.run(
          (question, texts) -> probabilities(loaded.language(), task, question, texts),
          (done, total) -> progress.count("asking " + loaded.name(), done, total),
          interrupt::pressed);
    }
  }

  /** As 'candor classify' asks, but many texts at once, which gives the same to the bit. */
  private static List<double[]> probabilities(
      LanguageModel language, TextTask task, LabelScorer.Question asked, List<String> texts) {
    LabelQuestion question = new LabelQuestion(asked.labels(), asked.instruction());
    return new ManyPrompts(language, task.options(), asked.labels())
        .probabilities(
            texts.stream().map(text -> task.tokens(question.words(text))).toList(),
            PrefillListener.NONE)
        .orElseThrow();
  }

  private static void write(
      Path folder,
      BiasPlan plan,
      BiasReport report,
      BiasRun.Result result,
      BiasActs.Recorded recorded) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("report.md"), report.markdown());
      Files.writeString(folder.resolve("report.html"), new BiasPage(report).html());
      Files.write(folder.resolve("statement.json"), recorded.document());
      Files.write(folder.resolve("answers.jsonl"), result.answers());
      try (OutputStream file = Files.newOutputStream(folder.resolve("statistics.json"));
          PrintStream stream = new PrintStream(file, false, StandardCharsets.UTF_8)) {
        JsonOutput.print(stream, BiasStatistics.of(plan, result));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tell(
      LoadedModel loaded,
      DigestTuple tuple,
      Commitment commitment,
      BiasRun.Result result,
      BiasActs.Recorded recorded,
      int before) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("verdict", result.verdict().key());
      members.put("model", loaded.name());
      members.put("tuple", tuple.digest());
      members.put("plan", commitment.plan().name());
      members.put("planDigest", commitment.plan().digest());
      members.put("committedEntry", commitment.entry());
      members.put("entry", recorded.entry());
      members.put("document", recorded.digest());
      members.put("runsBefore", before);
      members.put("tests", BiasDocument.tests(result));
      printJson(members);
      return;
    }
    for (TestOutcome outcome : result.tests()) {
      streams.out().printf("%s: %s%n", outcome.test().id(), outcome.verdict().name());
      for (Finding finding : outcome.findings()) {
        for (Finding.Judgement judgement : finding.judgements()) {
          streams
              .out()
              .printf(
                  Locale.ROOT,
                  "  %-17s  %s, %s: %s%n",
                  judgement.verdict().name(),
                  judgement.limit().key(),
                  finding.view()
                      + (finding.between().isEmpty() ? "" : " (" + finding.between() + ")"),
                  judgement.reason());
        }
      }
    }
    streams
        .out()
        .printf(
            "%n%s: %s%nEntry %d records it for tuple %s; the limits were committed to in entry %d (%s).%n",
            loaded.name(),
            result.verdict().name(),
            recorded.entry(),
            tuple.digest().substring(0, 12),
            commitment.entry(),
            commitment.plan().basis());
    if (before > 0) {
      streams
          .out()
          .printf("Before, %d of its runs %s recorded.%n", before, before == 1 ? "was" : "were");
    }
  }
}
