package dev.candor.cli;

import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.ModelBuild;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A record to fill in. */
@CommandLine.Command(
    name = "init",
    description = {
      "Writes the record of a model, filled with what is in its files; UNKNOWN stands where a person"
          + " has to say it. Nothing is recorded."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory init candor-mini --out mini.yaml",
      "  candor inventory init model.gguf --id triage-desk"
    })
final class InventoryInitCommand extends Command {

  @Parameters(paramLabel = "MODEL", description = "A name from 'candor models list', or a path.")
  String model = "";

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "What the model is called in the inventory (default: from its name).")
  @Nullable String id;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Where the record goes (default: standard output).")
  @Nullable Path out;

  @Mixin AdapterArguments adapter = new AdapterArguments();

  InventoryInitCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (LoadedModel loaded = ModelArguments.named(model).load(streams, adapter)) {
      ModelBuild build = loaded.candidate(Optional.empty()).build(runtime());
      Map<InventoryField, String> known = new EnumMap<>(InventoryField.class);
      known.put(InventoryField.ID, id == null ? id(loaded.name()) : id);
      known.put(InventoryField.DEPLOYED, InventoryField.NONE);
      known.put(InventoryField.REVIEWED, InventoryField.NONE);
      known.put(InventoryField.DEPENDENCIES, runtime() + "\nJava " + Runtime.version().feature());
      String yaml = InventoryFile.template(known, Optional.of(build));
      if (out == null) {
        streams.out().print(yaml);
      } else {
        Files.write(out, yaml.getBytes(StandardCharsets.UTF_8));
        streams.err().println("Fill in " + out + ", then: candor inventory add " + out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OK;
  }

  /** Version of this program, as records name it. */
  static String runtime() {
    return GovernedHome.settings().runtime();
  }

  private static String id(String name) {
    String words =
        name.toLowerCase(Locale.ROOT)
            .replaceFirst("\\.(gguf|safetensors)$", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[^a-z]+|-+$", "");
    return words.isEmpty() ? "model" : words;
  }
}
