package dev.candor.cli;

import dev.candor.cli.BenchMeasurement.Work;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.ModelDigest;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.MemoryBudget;
import dev.candor.engine.weights.Packing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast a model reads and answers here. */
@CommandLine.Command(
    name = "bench",
    description = {
      "Measures how fast a model reads a prompt and answers. The tokens are random (seeded), so"
          + " that no tokenizer is needed and no answer ends early.",
      "",
      "Before anything is measured the same work is done once on a state of its own (at most 256"
          + " tokens of prompt and 32 of answer), so that the JVM has compiled the kernels and the"
          + " weights are in memory. Then: --depth tokens are read, not timed; --prompt tokens are"
          + " read in one go, to the choice of the first token (timeToFirstTokenMillis); --decode"
          + " tokens are computed one by one.",
      "With --streams S the same is done for S sequences at once: one pass of the weights serves"
          + " them all. Rates are then those of all sequences together.",
      "prefillCpuMillis and decodeCpuMillis, in --json, are the processor time of all threads;"
          + " residentBytes is the most memory the process had resident at a time, mapped weights"
          + " included."
    },
    footer = {
      "",
      "Examples:",
      "  candor bench --threads 2 --prompt 512 --decode 128",
      "  candor bench --model model.gguf --depth 4096 --json",
      "  candor bench --model model.gguf --streams 16 --decode 64",
      "  candor bench governance",
      "  candor bench explanation"
    })
final class BenchCommand extends Command {

  private static final int WARM_UP_PROMPT = 256;
  private static final int WARM_UP_DECODE = 32;

  /** As many sequences as one pass takes a token of each. */
  private static final int MOST_STREAMS = KeyValueCache.CHUNK;

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "P",
      defaultValue = "512",
      description = "Tokens of the prompt (default: ${DEFAULT-VALUE}).")
  int prompt;

  @Option(
      names = {"-d", "--decode"},
      paramLabel = "D",
      defaultValue = "128",
      description = "Tokens of the answer (default: ${DEFAULT-VALUE}).")
  int decode;

  @Option(
      names = "--depth",
      paramLabel = "K",
      defaultValue = "0",
      description = "Tokens in the context before the prompt (default: ${DEFAULT-VALUE}).")
  int depth;

  @Option(
      names = {"-s", "--streams"},
      paramLabel = "S",
      defaultValue = "1",
      description = "Sequences at once (default: ${DEFAULT-VALUE}).")
  int sequences;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of the random tokens (default: ${DEFAULT-VALUE}).")
  long seed;

  BenchCommand(Streams streams) {
    super(streams);
  }

  /** With what governance costs. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new BenchCommand(streams))
        .addSubcommand("governance", new BenchGovernanceCommand(streams))
        .addSubcommand("explanation", new BenchExplanationCommand(streams));
  }

  @Override
  public Integer call() {
    if (prompt < 1 || decode < 1 || depth < 0) {
      throw usage("--prompt and --decode must be 1 or more, --depth 0 or more");
    }
    if (sequences < 1 || sequences > MOST_STREAMS) {
      throw usage("--streams must be 1 to " + MOST_STREAMS);
    }
    Work work = new Work(sequences, depth, prompt, decode);
    LoadedModel.Found found = LoadedModel.resolve(streams, model.model);
    Path path = found.weights();
    Optional<AdapterFolder> folder = adapter.read(streams);
    MemoryBudget budget = MemoryBudget.of(path).requireFits();
    try (ComputeChoice compute = ComputeChoice.of(model.compute.options());
        Checkpoint checkpoint = Checkpoint.open(path)) {
      CausalModel network = Architectures.load(checkpoint, compute.compute());
      int context = contextFor(network, work);
      Adapter chosen =
          folder
              .map(it -> it.adapter(network, () -> digest(found, checkpoint)))
              .orElse(Adapter.NONE);
      long stateBytes = Math.multiplyExact(sequences, network.stateBytes(context, format()));
      long workingBytes = Math.addExact(network.workingBytes(context), chosen.bytes());
      MemoryLine.require(streams, budget, stateBytes, workingBytes, context, json);
      PackingAdvice.print(
          streams,
          found,
          compute.compute().kernels().name(),
          Packing.packableBytes(checkpoint),
          json);
      String what = "measuring " + prompt + " tokens of prompt, " + decode + " of answer";
      Work warmUp =
          new Work(
              sequences, 0, Math.min(prompt, WARM_UP_PROMPT), Math.min(decode, WARM_UP_DECODE));
      try (ProgressLine progress = new ProgressLine(streams)) {
        BenchMeasurement.of(network, chosen, format(), warmUp, seed, "warming up", progress);
        report(
            path,
            network,
            chosen,
            compute,
            checkpoint.weightBytes(),
            stateBytes,
            workingBytes,
            BenchMeasurement.of(network, chosen, format(), work, seed, what, progress));
      }
    }
    return OK;
  }

  private static String digest(LoadedModel.Found found, Checkpoint checkpoint) {
    return found.digest().orElseGet(() -> ModelDigest.of(checkpoint));
  }

  private BlockFormat format() {
    return model.session(1).cacheFormat();
  }

  private static int contextFor(CausalModel network, Work work) {
    long tokens = work.context();
    if (tokens > network.contextLength()) {
      throw new CommandException(
          "bench.context",
          "depth, prompt and decode are "
              + tokens
              + " tokens together, this model allows "
              + network.contextLength(),
          "Measure with fewer tokens.");
    }
    return (int) tokens;
  }

  private void report(
      Path path,
      CausalModel network,
      Adapter chosen,
      ComputeChoice compute,
      long weightBytes,
      long stateBytes,
      long workingBytes,
      BenchMeasurement measured) {
    double prefill = sequences * (prompt * 1e9) / measured.prefillNanos();
    double decoded = sequences * (decode * 1e9) / measured.decodeNanos();
    double firstMillis = measured.prefillNanos() / 1e6;
    long resident =
        Machine.peakResidentBytes()
            .orElse(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("model", path.toString());
      members.put("architecture", network.architecture());
      chosen.digest().ifPresent(digest -> members.put("adapterDigest", digest));
      members.put("kernels", compute.compute().kernels().name());
      members.put("threads", compute.compute().pool().threads());
      members.put("streams", sequences);
      members.put("promptTokens", prompt);
      members.put("decodeTokens", decode);
      members.put("depthTokens", depth);
      members.put("prefillTokensPerSecond", prefill);
      members.put("decodeTokensPerSecond", decoded);
      members.put("timeToFirstTokenMillis", firstMillis);
      members.put("prefillCpuMillis", measured.prefillCpuNanos() / 1e6);
      members.put("decodeCpuMillis", measured.decodeCpuNanos() / 1e6);
      members.put("residentBytes", resident);
      members.put("weightBytes", weightBytes);
      members.put("stateBytes", stateBytes);
      members.put("workingBytes", workingBytes);
      printJson(members);
    } else {
      streams
          .out()
          .printf(
              Locale.ROOT,
              "%s: %s, %s, %d threads; %d %s of %d tokens of prompt, %d of answer, at depth %d%n"
                  + "  prefillTokensPerSecond  %10.1f%n"
                  + "  decodeTokensPerSecond   %10.1f%n"
                  + "  timeToFirstTokenMillis  %10.1f%n"
                  + "  residentBytes           %10d  (%s)%n",
              path.getFileName(),
              network.architecture(),
              compute.compute().kernels().name(),
              compute.compute().pool().threads(),
              sequences,
              sequences == 1 ? "stream" : "streams",
              prompt,
              decode,
              depth,
              prefill,
              decoded,
              firstMillis,
              resident,
              ByteCount.text(resident));
    }
  }
}
