package dev.candor.cli;

import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.Governance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What consent, policy, ledger and receipt cost, measured against the same answers without. */
@CommandLine.Command(
    name = "governance",
    description = {
      "Measures what governance costs: the same answers of one model, bare and through the way of a"
          + " decision, alternately (A B B A …) in one process. The prompts are random tokens"
          + " (seeded), the same for both; answers are greedy, without drafts, and none ends early.",
      "",
      "A bare answer is a session, its prompt and its tokens. A governed one is that with all that"
          + " 'candor ask' does: consent and policy, a beginning that is durable before the first"
          + " token is told, a digest of the logits, a look for orders to stop before each token, an"
          + " end that is durable, a receipt. Its latency ends with the receipt.",
      "With several streams, each thread has its own session and answers one prompt after the other."
          + " Ledger and keys are made for the measurement in a folder under CANDOR_HOME, and deleted"
          + " afterwards. Opening them and the model, which a program does once, is not in the"
          + " figures.",
      "Intervals hold 95 of 100 resamples of the rounds (bootstrap, seeded)."
    },
    footer = {
      "",
      "Examples:",
      "  candor bench governance",
      "  candor bench governance --model smollm2-135m-instruct --streams 1,8 --answers 96 --json"
    })
final class BenchGovernanceCommand extends Command {

  private static final int MOST_STREAMS = 64;

  @Mixin ModelArguments model = new ModelArguments();

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "P",
      defaultValue = "200",
      description = "Tokens of each prompt (default: ${DEFAULT-VALUE}).")
  int prompt;

  @Option(
      names = {"-d", "--decode"},
      paramLabel = "D",
      defaultValue = "64",
      description = "Tokens of each answer (default: ${DEFAULT-VALUE}).")
  int decode;

  @Option(
      names = {"-s", "--streams"},
      paramLabel = "S,…",
      split = ",",
      defaultValue = "1,8",
      description = "How many threads answer at once; one measurement each (default: 1,8).")
  List<Integer> streamCounts = List.of();

  @Option(
      names = {"-n", "--answers"},
      paramLabel = "N",
      defaultValue = "96",
      description = "Answers each way and measurement, at least (default: ${DEFAULT-VALUE}).")
  int answers;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Answers each way before anything is measured, and 32 times as many short ones (default:"
              + " ${DEFAULT-VALUE}). Less shows what the first decisions of a process cost.")
  int warmUp;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the random tokens and of the resamples (default: ${DEFAULT-VALUE}).")
  long seed;

  BenchGovernanceCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (prompt < 1 || decode < 1 || answers < 1 || warmUp < 0) {
      throw usage("--prompt, --decode and --answers must be 1 or more, --warm-up 0 or more");
    }
    if (streamCounts.stream().anyMatch(count -> count < 1 || count > MOST_STREAMS)) {
      throw usage("--streams must be 1 to " + MOST_STREAMS);
    }
    try (TemporaryHome home = TemporaryHome.create();
        Governance governance = home.open();
        LoadedModel loaded = model.load(streams);
        Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams)) {
      SessionOptions session = model.session(loaded, contextFor(loaded));
      loaded.tellMemory(streams, session, json);
      OverheadBench bench =
          new OverheadBench(governance, loaded, session, prompt, decode, seed, interrupt::pressed);
      bench.warmUp(warmUp, progress);
      List<OverheadFigures> figures = new ArrayList<>();
      for (int count : streamCounts) {
        figures.add(OverheadFigures.of(bench.measure(count, answers, progress), seed));
        if (interrupt.pressed()) {
          return Interrupt.EXIT_CODE;
        }
      }
      progress.close();
      report(loaded, home, figures);
    }
    return OK;
  }

  private int contextFor(LoadedModel loaded) {
    long tokens = (long) prompt + decode;
    int most = loaded.language().model().contextLength();
    if (tokens > most) {
      throw new CommandException(
          "bench.context",
          "prompt and decode are " + tokens + " tokens together, this model allows " + most,
          "Measure with fewer tokens.");
    }
    return (int) tokens;
  }

  private void report(LoadedModel loaded, TemporaryHome home, List<OverheadFigures> figures) {
    int threads = model.compute.optionsFor(loaded.language().weightBytes()).threads();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", loaded.name());
      members.put("modelDigest", loaded.language().digest());
      members.put("kernels", loaded.language().kernels());
      members.put("threads", threads);
      members.put("promptTokens", prompt);
      members.put("answerTokens", decode);
      members.put("warmUpAnswers", warmUp);
      members.put("ledgerFolder", home.folder().toString());
      members.put("fileSystem", home.fileSystem());
      members.put("measurements", figures.stream().map(OverheadFigures::members).toList());
      printJson(members);
      return;
    }
    streams
        .out()
        .printf(
            Locale.ROOT,
            "%s: %s, %d %s; %d tokens of prompt, %d of answer%n"
                + "ledger in %s (%s), %d answers each way before%n",
            Path.of(loaded.name()).getFileName(),
            loaded.language().kernels(),
            threads,
            threads == 1 ? "thread" : "threads",
            prompt,
            decode,
            home.folder(),
            home.fileSystem(),
            warmUp);
    figures.forEach(each -> each.print(streams.out()));
  }
}
