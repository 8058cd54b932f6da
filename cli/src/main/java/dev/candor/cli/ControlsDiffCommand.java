package dev.candor.cli;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.controls.CatalogueChange;
import dev.candor.governance.controls.ControlCatalogue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** In what two catalogues of controls differ. */
@CommandLine.Command(
    name = "diff",
    description = {
      "Compares two catalogues of controls, each a file, a folder of files, built-in for the one that"
          + " Candor comes with, or in-use for that one with what CANDOR_HOME/controls changes of it."
    },
    footer = {
      "",
      "Examples:",
      "  candor controls diff built-in in-use",
      "  candor controls diff controls-2026.yaml controls-2027.yaml --json"
    })
final class ControlsDiffCommand extends Command {

  private static final String BUILT_IN = "built-in";
  private static final String IN_USE = "in-use";

  @Parameters(index = "0", paramLabel = "OLD", description = "The earlier one.")
  String old = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "The later one.")
  String later = "";

  @Mixin ActorArguments actor = new ActorArguments();

  ControlsDiffCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    List<CatalogueChange> changes = CatalogueChange.between(catalogue(old), catalogue(later));
    if (json) {
      printJson(Map.of("changes", changes.stream().map(ControlsDiffCommand::members).toList()));
      return OK;
    }
    changes.forEach(change -> streams.out().println(AnswerPrinter.harmless(change.toString())));
    streams.out().println(changes.size() == 1 ? "1 change" : changes.size() + " changes");
    return OK;
  }

  private static ControlCatalogue catalogue(String name) {
    return switch (name) {
      case BUILT_IN -> ControlCatalogue.standard();
      case IN_USE -> ControlCatalogue.ofHome(GovernedHome.settings().home());
      default -> ControlCatalogue.read(Path.of(name));
    };
  }

  private static Map<String, Object> members(CatalogueChange change) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("what", change.what());
    change.field().ifPresent(field -> members.put("field", field));
    change.before().ifPresent(before -> members.put("before", before));
    change.after().ifPresent(after -> members.put("after", after));
    return members;
  }
}
