package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.consent.ConsentActs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Somebody no longer agrees. */
@CommandLine.Command(
    name = "withdraw",
    description = {
      "Records that a data subject no longer agrees: to one consent, or to purposes, whichever"
          + " consents they were given in. No decision about them for these purposes begins after"
          + " it, in any program on this machine; what was decided before stays on record until it"
          + " is erased."
    },
    footer = {
      "",
      "Examples:",
      "  candor consent withdraw --subject customer-17 --purpose research",
      "  candor consent withdraw --subject customer-17 --id c-31b0cc12a74d90fe"
    })
final class ConsentWithdrawCommand extends Command {

  @Option(
      names = "--subject",
      required = true,
      paramLabel = "NAME",
      description = "Who no longer agrees, as requests name them.")
  String subject = "";

  @Option(names = "--id", paramLabel = "ID", description = "The consent, with all its purposes.")
  @Nullable String id;

  @Option(
      names = "--purpose",
      split = ",",
      paramLabel = "ID",
      description = "The purposes; several with commas, or the option again.")
  List<String> purposes = List.of();

  @Mixin ActorArguments actor = new ActorArguments();

  ConsentWithdrawCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if ((id == null) == purposes.isEmpty()) {
      throw usage("give either --id or --purpose");
    }
    try (Governance governance = GovernedHome.open()) {
      ConsentActs.Withdrawn withdrawn =
          new ConsentActs(governance)
              .withdraw(
                  actor.principal(governance, subject), subject, Optional.ofNullable(id), purposes);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("subject", withdrawn.subject());
        members.put("entry", withdrawn.entry());
        members.put("alive", withdrawn.alive());
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "Withdrawn: entry %d of the ledger. %s%n",
                withdrawn.entry(),
                withdrawn.alive().isEmpty()
                    ? "Nothing is agreed to any more."
                    : "Still agreed to: " + String.join(", ", withdrawn.alive()) + ".");
      }
    }
    return OK;
  }
}
