package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.consent.Consent;
import dev.candor.governance.consent.ConsentActs;
import dev.candor.governance.consent.ConsentReceipt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All that somebody has agreed to. */
@CommandLine.Command(
    name = "list",
    description = {
      "Lists the consents of a data subject, alive or not, in the order they were given."
    },
    footer = {
      "",
      "Examples:",
      "  candor consent list --subject customer-17",
      "  candor consent list --subject customer-17 --json"
    })
final class ConsentListCommand extends Command {

  @Option(
      names = "--subject",
      required = true,
      paramLabel = "NAME",
      description = "Whose, as requests name them.")
  String subject = "";

  @Mixin ActorArguments actor = new ActorArguments();

  ConsentListCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      List<ConsentReceipt> receipts =
          new ConsentActs(governance).receipts(actor.principal(governance, subject), subject);
      if (json) {
        printJson(Map.of("consents", receipts.stream().map(ConsentListCommand::members).toList()));
      } else if (receipts.isEmpty()) {
        streams.out().println("There is no consent of this data subject.");
      } else {
        receipts.forEach(this::print);
      }
    }
    return OK;
  }

  private static Map<String, Object> members(ConsentReceipt receipt) {
    Consent consent = receipt.consent();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", consent.id());
    members.put("state", receipt.state().key());
    members.put("purposes", consent.grant().purposes());
    members.put("alive", receipt.alive());
    members.put("withdrawn", receipt.withdrawn());
    members.put("given", consent.given().toString());
    consent.grant().expires().ifPresent(end -> members.put("expires", end.toString()));
    members.put("entry", consent.index());
    return members;
  }

  private void print(ConsentReceipt receipt) {
    Consent consent = receipt.consent();
    streams
        .out()
        .printf(
            "%s  %s  entry %d  %s%n",
            consent.id(), receipt.state().key(), consent.index(), consent.given());
    for (String purpose : consent.grant().purposes()) {
      Long withdrawn = receipt.withdrawn().get(purpose);
      String what =
          withdrawn != null
              ? "withdrawn by entry " + withdrawn
              : receipt.alive().contains(purpose)
                  ? consent.grant().expires().map(end -> "until " + end).orElse("alive")
                  : "expired";
      streams.out().println("  " + purpose + ": " + what);
    }
  }
}
