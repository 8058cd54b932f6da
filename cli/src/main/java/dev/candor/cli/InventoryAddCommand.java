package dev.candor.cli;

import dev.candor.cli.store.EmbeddedModel;
import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.InventoryRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model comes into the inventory. */
@CommandLine.Command(
    name = "add",
    description = {
      "Records a model, or a new version of its record as a whole. A record that lacks a field is"
          + " refused by the field's name. Where what is in the model's files has changed, a review"
          + " is opened.",
      "The embedded model has its record and its evidence with it: candor inventory add candor-mini."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory add mini.yaml",
      "  candor inventory add mini.yaml --model candor-mini   (what is in its files now)",
      "  candor inventory add candor-mini"
    })
final class InventoryAddCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The record, YAML or JSON.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "Take from this model's files what is in them, in the place of 'build'.")
  @Nullable String model;

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryAddCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Optional<Path> embedded = EmbeddedModel.evidence();
    if (file.toString().equals(EmbeddedModel.NAME) && !Files.exists(file) && embedded.isPresent()) {
      return new EvidenceImport(streams, json).from(embedded.get(), actor.principal());
    }
    // A mistake in it is told before a home is opened, or even made.
    InventoryRecord record = InventoryFile.parse(InventoryFile.read(file));
    if (model != null) {
      try (LoadedModel loaded = ModelArguments.named(model).load(streams, adapter)) {
        record =
            record.with(loaded.candidate(Optional.empty()).build(InventoryInitCommand.runtime()));
      }
    }
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done = new InventoryActs(governance).add(actor.principal(), record);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>(InventoryReport.members(done));
        printJson(members);
      } else {
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
