package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.loading.LoaderActs;
import dev.candor.governance.loading.LoaderMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** How much the loader asks for. */
@CommandLine.Command(
    name = "mode",
    description = {
      "Says what the loader does where evidence is missing, in every program on this machine: off,"
          + " nothing; warn, it says what is missing; enforce, it refuses. Without a MODE it tells"
          + " which one holds. Needs the role govern."
    },
    footer = {
      "",
      "Examples:",
      "  candor evidence mode",
      "  candor evidence mode enforce --as anton:govern"
    })
final class EvidenceModeCommand extends Command {

  @Parameters(arity = "0..1", paramLabel = "MODE", description = "off, warn or enforce.")
  @Nullable String mode;

  @Mixin ActorArguments actor = new ActorArguments();

  EvidenceModeCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    LoaderMode wanted = mode == null ? LoaderMode.OFF : LoaderMode.of(mode);
    if (mode == null && !GovernedHome.hasLedger()) {
      return report(LoaderMode.OFF, Map.of());
    }
    try (Governance governance = GovernedHome.open()) {
      if (mode == null) {
        governance.ledger().refreshIfGrown();
        return report(governance.gate().mode(), Map.of());
      }
      long entry = new LoaderActs(governance).mode(actor.principal(), wanted);
      return report(wanted, Map.of("entry", entry));
    }
  }

  private int report(LoaderMode holds, Map<String, Object> more) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("mode", holds.key());
      members.putAll(more);
      printJson(members);
    } else {
      streams
          .out()
          .println(
              "The loader is in the mode "
                  + holds.key()
                  + (more.isEmpty() ? "." : ". Entry " + more.get("entry") + " records it."));
    }
    return OK;
  }
}
