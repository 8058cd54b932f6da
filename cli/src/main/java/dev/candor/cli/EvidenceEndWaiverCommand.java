package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.loading.LoaderActs;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A waiver ends before its time. */
@CommandLine.Command(
    name = "end-waiver",
    description = {"Ends a waiver before its time; the next decision that rests on it is refused."},
    footer = {"", "Example:", "  candor evidence end-waiver 17 --reason \"the test was run\""})
final class EvidenceEndWaiverCommand extends Command {

  @Parameters(
      paramLabel = "ENTRY",
      description = "The entry that granted it, as 'candor evidence MODEL' shows it.")
  long entry;

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  EvidenceEndWaiverCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      long ended = new LoaderActs(governance).endWaiver(actor.principal(), entry, reason);
      if (json) {
        printJson(Map.of("entry", ended));
      } else {
        streams.out().println("The waiver has ended. Entry " + ended + " records it.");
      }
    }
    return OK;
  }
}
