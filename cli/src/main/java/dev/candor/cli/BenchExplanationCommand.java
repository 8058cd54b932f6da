package dev.candor.cli;

import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.Governance;
import dev.candor.governance.explanation.Alternatives;
import dev.candor.governance.explanation.Attribution;
import dev.candor.governance.explanation.ExplanationRequest;
import dev.candor.governance.explanation.HintTest;
import dev.candor.governance.explanation.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an explanation costs beside its decision, and whether it names a planted reason. */
@CommandLine.Command(
    name = "explanation",
    description = {
      "Measures what explaining costs: short messages of the lesson triage are decided and then"
          + " explained, each with its record, in a ledger that is deleted afterwards. The values in"
          + " the messages (names, codes, numbers) were kept back from the embedded model's"
          + " training.",
      "",
      "tokensReadShare and explanationTimeShare hold all texts that an explanation asks about against"
          + " the same number of prompts of a session each: in tokens, and in time with replay and"
          + " record. spansTogetherShare does so for the texts with one span left out alone, of which"
          + " each is read from that span on: it nears one half where the text is much longer than"
          + " the question (median).",
      "With --hints, texts are hinted at another label ('The assessor suggests …'). Where the model"
          + " follows the hint, occlusion should name it first; beside it stands how often the"
          + " model's own words admit it."
    },
    footer = {
      "",
      "Examples:",
      "  candor bench explanation",
      "  candor bench explanation --decisions 20 --model smollm2-135m-instruct --hints 20 --json"
    })
final class BenchExplanationCommand extends Command {

  /** Tokens of a session: the longest message and its question are a tenth of it. */
  private static final int CONTEXT = 2048;

  @Mixin ModelArguments model = new ModelArguments();

  @Option(
      names = {"-n", "--decisions"},
      paramLabel = "N",
      defaultValue = "100",
      description = "Decisions that are explained (default: ${DEFAULT-VALUE}).")
  int decisions;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "5",
      description = "Decisions explained before anything is measured (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--method",
      paramLabel = "occlusion|shapley",
      defaultValue = "OCCLUSION",
      description = "How reasons are found (default: occlusion).")
  ExplainCommand.Method method = ExplainCommand.Method.OCCLUSION;

  @Option(
      names = "--hints",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages that are hinted at other labels (default: none).")
  int hints;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the messages and of all random orders (default: ${DEFAULT-VALUE}).")
  long seed;

  BenchExplanationCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (decisions < 1 || warmUp < 0 || hints < 0) {
      throw usage("--decisions must be 1 or more, --warm-up and --hints 0 or more");
    }
    ExplanationRequest request =
        new ExplanationRequest(
            Attribution.Method.valueOf(method.name()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Alternatives.opposites(),
            seed);
    List<ExplanationBench.Measured> measured = new ArrayList<>();
    HintTest.Result hinted = new HintTest.Result(0, 0, 0, 0);
    try (TemporaryHome home = TemporaryHome.create();
        Governance governance = home.open();
        LoadedModel loaded = model.load(streams);
        Interrupt interrupt = new Interrupt();
        ProgressLine progress = new ProgressLine(streams)) {
      int context = Math.min(CONTEXT, loaded.language().model().contextLength());
      SessionOptions session = model.session(loaded, context);
      ExplanationBench bench = new ExplanationBench(governance, loaded, session, seed);
      for (int i = 0; i < warmUp; i++) {
        var _ = bench.measure(bench.message(decisions + i), request);
        progress.count("warming up", i + 1, warmUp);
      }
      for (int i = 0; i < decisions; i++) {
        measured.add(bench.measure(bench.message(i), request));
        progress.count("explaining", i + 1, decisions);
        if (interrupt.pressed()) {
          return Interrupt.EXIT_CODE;
        }
      }
      if (hints > 0) {
        hinted = bench.hints(hints, progress);
      }
      progress.close();
      report(loaded, measured, hinted);
    }
    return OK;
  }

  private void report(
      LoadedModel loaded, List<ExplanationBench.Measured> measured, HintTest.Result hinted) {
    Map<String, Object> members = members(loaded, measured);
    if (hints > 0) {
      Map<String, Object> hint = new LinkedHashMap<>();
      hint.put("asked", hinted.asked());
      hint.put("flipped", hinted.flipped());
      hint.put("namedFirst", hinted.first());
      hint.put("admitted", hinted.admitted());
      members.put("hints", hint);
    }
    if (json) {
      printJson(members);
      return;
    }
    streams
        .out()
        .printf(
            "%s: %s, %d decisions explained by %s%n",
            Path.of(loaded.name()).getFileName(),
            loaded.language().kernels(),
            measured.size(),
            method.name().toLowerCase(Locale.ROOT));
    members.forEach((name, value) -> {
      if (value instanceof Double number) {
        streams.out().printf(Locale.ROOT, "  %-28s %10.3f%n", name, number);
      } else if (value instanceof Number || value instanceof Map) {
        streams.out().printf("  %-28s %10s%n", name, value);
      }
    });
  }

  private Map<String, Object> members(
      LoadedModel loaded, List<ExplanationBench.Measured> measured) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("model", loaded.name());
    members.put("modelDigest", loaded.language().digest());
    members.put("kernels", loaded.language().kernels());
    members.put("method", method.name().toLowerCase(Locale.ROOT));
    members.put("decisions", measured.size());
    for (Status status : List.of(Status.FAITHFUL, Status.NOT_FAITHFUL, Status.WITHHELD)) {
      members.put(
          status.key(),
          measured.stream().filter(it -> it.explanation().status() == status).count());
    }
    members.put(
        "counterfactuals",
        measured.stream().filter(it -> it.explanation().counterfactual().isPresent()).count());
    members.put(
        "medianSpans", quantile(measured, it -> it.explanation().divided().spans().size(), 0.5));
    members.put(
        "decisionMedianMillis",
        quantile(measured, ExplanationBench.Measured::decideNanos, 0.5) / 1e6);
    members.put(
        "explanationMedianMillis",
        quantile(measured, ExplanationBench.Measured::explainNanos, 0.5) / 1e6);
    members.put(
        "explanationP95Millis",
        quantile(measured, ExplanationBench.Measured::explainNanos, 0.95) / 1e6);
    members.put(
        "medianEvaluations", quantile(measured, it -> it.explanation().cost().evaluations(), 0.5));
    double read = sum(measured, it -> it.explanation().cost().tokensRead());
    members.put(
        "tokensReadShare", read / sum(measured, it -> it.explanation().cost().separateTokens()));
    members.put(
        "spansTogetherShare",
        measured.stream()
            .mapToDouble(it -> (double) it.togetherNanos() / it.separateNanos())
            .sorted()
            .skip(measured.size() / 2)
            .findFirst()
            .orElse(0));
    members.put(
        "explanationTimeShare",
        sum(measured, ExplanationBench.Measured::explainNanos)
            / sum(
                measured,
                it ->
                    it.explanation().cost().evaluations()
                        * it.separateNanos()
                        / it.explanation().divided().spans().size()));
    return members;
  }

  private static double sum(
      List<ExplanationBench.Measured> measured, ToLongFunction<ExplanationBench.Measured> of) {
    return measured.stream().mapToLong(of).sum();
  }

  /** The nearest rank. */
  private static double quantile(
      List<ExplanationBench.Measured> measured,
      ToLongFunction<ExplanationBench.Measured> of,
      double share) {
    long[] sorted = measured.stream().mapToLong(of).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
  }
}
