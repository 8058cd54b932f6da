package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.EngineException;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Packing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What this machine is to Candor, and what would make it faster. */
@CommandLine.Command(
    name = "doctor",
    description = {
      "Shows what Candor finds here: Java, processor, kernel path and why, threads, memory, models;"
          + " then what is slow and how to improve it."
    },
    footer = {
      "",
      "Examples:",
      "  candor doctor",
      "  candor doctor --peaks",
      "  candor doctor --json"
    })
final class DoctorCommand extends Command {

  /** What the virtual machine, the kernels and a small context need beside the weights. */
  private static final long SPARE_BYTES = 512L << 20;

  @Option(
      names = "--kernels",
      paramLabel = "PATH",
      description = "Look at this kernel path instead of the best.")
  @Nullable String kernels;

  @Option(
      names = "--peaks",
      description =
          "Also measure what this machine can do at most, with one thread and with all: read memory,"
              + " multiply and add. Takes about a second.")
  boolean peaks;

  DoctorCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Map<String, Object> facts = new LinkedHashMap<>();
    List<String> advice = new ArrayList<>();
    facts.put("version", CandorCommand.Version.number());
    java(facts);
    processor(facts, advice);
    if (peaks) {
      peaks(facts, advice);
    }
    memory(facts, advice);
    store(facts, advice);
    if (json) {
      facts.put("advice", advice);
      printJson(facts);
    } else {
      int width = facts.keySet().stream().mapToInt(key -> words(key).length()).max().orElse(0);
      facts.forEach((key, value) ->
          streams.out().printf("%-" + width + "s  %s%n", words(key), text(key, value)));
      streams.out().println();
      if (advice.isEmpty()) {
        streams.out().println("Nothing here needs to be improved.");
      }
      advice.forEach(sentence -> streams.out().println("- " + sentence));
    }
    return OK;
  }

  private static void java(Map<String, Object> facts) {
    facts.put(
        "java",
        Runtime.version()
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + System.getProperty("java.vendor"));
    facts.put("javaHome", System.getProperty("java.home"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  private void processor(Map<String, Object> facts, List<String> advice) {
    facts.put("processor", Machine.processor());
    facts.put("processorFeatures", Machine.processorFeatures());
    LoadOptions options = LoadOptions.defaults();
    try (ComputeChoice compute =
        ComputeChoice.of(kernels == null ? options : options.withKernels(kernels))) {
      facts.put("kernels", compute.compute().kernels().name());
      facts.put("kernelsBecause", compute.reason());
      if (compute.compute().kernels().name().equals("scalar") && kernels == null) {
        advice.add(
            "The scalar kernels are several times slower than the vector kernels; see why above,"
                + " and start Candor by its launcher, which passes the JVM what they need.");
      }
      facts.put("threads", compute.compute().pool().threads());
    }
    int processors = Runtime.getRuntime().availableProcessors();
    facts.put("processors", processors);
    Optional<Double> share = Machine.groupProcessors();
    share.ifPresent(value -> facts.put("groupProcessors", value));
    if (share.isPresent() && share.get() < processors) {
      advice.add(
          "The control group allows "
              + share.get()
              + " processors' time: more threads than that only wait for each other; give"
              + " --threads, or raise the limit.");
    }
  }

  private void peaks(Map<String, Object> facts, List<String> advice) {
    List<PeakReport> reports = new ArrayList<>();
    try (ProgressLine progress = new ProgressLine(streams)) {
      for (int threads : new TreeSet<>(List.of(1, LoadOptions.defaults().threads()))) {
        PeakReport.measure(threads, progress).ifPresent(reports::add);
      }
    }
    if (json) {
      facts.put("peaks", reports.stream().map(PeakReport::json).toList());
    } else {
      reports.forEach(report ->
          facts.put(
              "peaks of " + report.threads() + (report.threads() == 1 ? " thread" : " threads"),
              report));
    }
    if (reports.isEmpty()) {
      advice.add(
          "The peaks of this machine are not known: emitted code measures them, and there is none"
              + " for this processor.");
    }
  }

  private static void memory(Map<String, Object> facts, List<String> advice) {
    Machine.memoryBytes().ifPresent(bytes -> facts.put("memoryBytes", bytes));
    Machine.availableMemoryBytes().ifPresent(bytes -> facts.put("availableMemoryBytes", bytes));
    Machine.groupMemoryBytes().ifPresent(bytes -> facts.put("groupMemoryBytes", bytes));
    facts.put("heapBytes", Machine.heapBytes());
    long room =
        Math.min(
            Machine.availableMemoryBytes().orElse(Long.MAX_VALUE),
            Machine.groupMemoryBytes().orElse(Long.MAX_VALUE));
    if (room < SPARE_BYTES) {
      advice.add(
          "Only "
              + ByteCount.text(room)
              + " of memory are free: end other programs, or use a smaller model and --context.");
    }
  }

  private static void store(Map<String, Object> facts, List<String> advice) {
    ModelStore store = ModelStore.ofUser();
    List<StoredModel> models = store.list();
    facts.put("store", store.home().toString());
    facts.put("models", models.stream().map(StoredModel::name).toList());
    facts.put("storedBytes", models.stream().mapToLong(StoredModel::sizeBytes).sum());
    long available = Machine.availableMemoryBytes().orElse(Long.MAX_VALUE);
    for (StoredModel model : models) {
      if (model.sizeBytes() > available - SPARE_BYTES) {
        advice.add(
            model.name()
                + " has "
                + ByteCount.text(model.sizeBytes())
                + " of weights, more than the free memory: it is read from disk again for every"
                + " token. Convert it to Q4_0, or free memory.");
      }
    }
    models.stream()
        .filter(DoctorCommand::isPackable)
        .forEach(model -> advice.add(PackingAdvice.sentence(model)));
    if (models.isEmpty()) {
      advice.add(
          "There is no model but the embedded candor-mini, which was made for a few tasks: 'candor ask"
              + " --model smollm2-135m-instruct' fetches SmolLM2, 'candor models add' others.");
    }
  }

  private static boolean isPackable(StoredModel model) {
    if (model.packed()) {
      return false;
    }
    try (Checkpoint checkpoint = Checkpoint.open(model.weights())) {
      return Packing.packableBytes(checkpoint) > 0;
    } catch (EngineException e) {
      // What cannot be opened cannot be packed; whoever runs it is told why.
      return false;
    }
  }

  /** {@code availableMemoryBytes} is "available memory" to people. */
  private static String words(String key) {
    return key.replaceAll("Bytes$", "").replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  private static String text(String key, Object value) {
    if (key.endsWith("Bytes") && value instanceof Long bytes) {
      return ByteCount.text(bytes);
    }
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "none"
          : String.join(", ", list.stream().map(String::valueOf).toList());
    }
    return String.valueOf(value);
  }
}
