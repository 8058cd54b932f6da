package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.EvidenceCheck;
import dev.candor.governance.loading.EvidenceItem;
import dev.candor.governance.loading.EvidenceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** What speaks for a model. */
@CommandLine.Command(
    name = "evidence",
    description = {
      "Shows what speaks for a model, bound to just what it is now: kind, verdict, document, end; and"
          + " what is missing, with the command that would supply it. Its subcommands record, waive,"
          + " export and import evidence, and say how much the loader asks for."
    },
    footer = {
      "",
      "Examples:",
      "  candor evidence candor-mini",
      "  candor evidence add candor-mini card card.md --verdict pass",
      "  candor evidence waive candor-mini bias --until 2027-01-31 --reason \"runs in January\" --as"
          + " anton:govern",
      "  candor evidence mode enforce",
      "",
      "Exit codes: 0 nothing is missing, 1 something is."
    })
final class EvidenceCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A model of the inventory, or a name or path of one that is not there yet.")
  @Nullable String model;

  EvidenceCommand(Streams streams) {
    super(streams);
  }

  /** With add, waive, end-waiver, mode, export and import. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new EvidenceCommand(streams))
        .addSubcommand("add", new EvidenceAddCommand(streams))
        .addSubcommand("waive", new EvidenceWaiveCommand(streams))
        .addSubcommand("end-waiver", new EvidenceEndWaiverCommand(streams))
        .addSubcommand("mode", new EvidenceModeCommand(streams))
        .addSubcommand("export", new EvidenceExportCommand(streams))
        .addSubcommand("import", new EvidenceImportCommand(streams));
  }

  @Override
  public Integer call() {
    String name = model;
    if (name == null) {
      throw usage("name a model, or say which of add, waive, end-waiver, mode, export and import");
    }
    try (Governance governance = GovernedHome.open()) {
      governance.ledger().refreshIfGrown();
      Inventory inventory = new Inventory(governance);
      boolean isId = inventory.standing(name).record().isPresent();
      DigestTuple tuple =
          isId ? new InventoryActs(governance).tuple(name) : opened(governance, name);
      // As the loader finds it, whatever it is called.
      Optional<String> id = isId ? Optional.of(name) : inventory.idOf(tuple.model());
      EvidenceStatus status = new EvidenceCheck(governance).status(tuple, id, governance.now());
      List<EvidenceStatus.Obstacle> obstacles = status.obstacles(name);
      if (json) {
        Map<String, Object> members = members(status, obstacles);
        members.put("mode", governance.gate().mode().key());
        printJson(members);
      } else {
        print(governance, name, status, obstacles);
      }
      return obstacles.isEmpty() ? OK : FAILED;
    }
  }

  private DigestTuple opened(Governance governance, String name) {
    try (LoadedModel loaded = ModelArguments.named(name).load(streams)) {
      return loaded.candidate(Optional.empty()).tuple(governance.policy().digest());
    }
  }

  private static Map<String, Object> members(
      EvidenceStatus status, List<EvidenceStatus.Obstacle> obstacles) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("tuple", status.tuple().digest());
    members.put("parts", status.tuple().parts());
    status.id().ifPresent(id -> members.put("id", id));
    members.put("rating", status.rating().map(RiskRating::key).orElse("UNKNOWN"));
    status.state().ifPresent(state -> members.put("state", state.key()));
    members.put("exempt", status.exempt());
    members.put("evidence", status.items().stream().map(EvidenceCommand::members).toList());
    members.put("limits", ApproveCommand.members(status.limits()));
    members.put(
        "missing",
        obstacles.stream()
            .map(it -> Map.of("code", it.code(), "what", it.what(), "command", it.command()))
            .toList());
    members.put("complete", obstacles.isEmpty());
    return members;
  }

  private static Map<String, Object> members(EvidenceItem item) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("kind", item.kind().key());
    members.put("required", item.required());
    members.put("state", item.state().key());
    members.put("alive", item.state().isEnough());
    item.entry().ifPresent(entry -> members.put("entry", entry));
    item.document().ifPresent(document -> members.put("document", document));
    item.until().ifPresent(until -> members.put("until", until.toString()));
    if (!item.why().isEmpty()) {
      members.put("why", item.why());
    }
    return members;
  }

  private void print(
      Governance governance,
      String name,
      EvidenceStatus status,
      List<EvidenceStatus.Obstacle> obstacles) {
    streams
        .out()
        .printf(
            "%s  rated %s  %s  loader: %s%n",
            name,
            status.rating().map(RiskRating::key).orElse("UNKNOWN"),
            status.state().map(state -> "in " + state.key()).orElse("not in the inventory"),
            governance.gate().mode().key());
    status
        .tuple()
        .parts()
        .forEach((part, value) -> streams.out().printf("  %-13s %s%n", part, value));
    streams.out().printf("  %-13s %s%n", "tuple", status.tuple().digest());
    for (EvidenceItem item : status.items()) {
      streams
          .out()
          .printf(
              "  %-18s %-18s %-9s %-13s %s%s%n",
              item.kind().key() + (item.required() ? "" : " *"),
              item.state().key(),
              item.entry().isPresent() ? "entry " + item.entry().getAsLong() : "",
              item.document().map(it -> it.substring(0, 12)).orElse(""),
              item.until().map(it -> "until " + it).orElse(""),
              item.why().isEmpty() ? "" : "  " + item.why());
    }
    if (status.items().stream().anyMatch(item -> !item.required())) {
      streams
          .out()
          .println("  (* the rating does not ask for it; what has failed counts all the same)");
    }
    if (status.exempt()) {
      streams
          .out()
          .println(
              "  exempt, and that until " + status.until().map(Object::toString).orElse("UNKNOWN"));
    }
    if (obstacles.isEmpty()) {
      streams.out().println("Nothing is missing. " + ApproveCommand.words(status.limits()));
    } else {
      streams.out().println("Missing:");
      obstacles.forEach(it -> streams.out().println("  " + it.what() + ": " + it.command()));
    }
  }
}
