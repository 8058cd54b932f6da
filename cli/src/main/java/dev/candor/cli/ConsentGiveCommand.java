package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.consent.ConsentActs;
import dev.candor.governance.consent.ConsentReceipt;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Somebody agrees. */
@CommandLine.Command(
    name = "give",
    description = {
      "Records that a data subject agrees to some purposes: to these and to no others. Decisions"
          + " about them may then be made for these purposes, as far as the policy allows them."
    },
    footer = {
      "",
      "Examples:",
      "  candor consent give --subject customer-17 --purpose triage --controller \"Example Bank\""
          + " --notice https://bank.example/privacy-3 --obtained \"signed form 12\"",
      "  candor consent give --subject customer-17 --purpose triage,research --controller \"Example"
          + " Bank\" --notice notice-3 --obtained \"by telephone\" --expires 2027-12-31T00:00:00Z"
    })
final class ConsentGiveCommand extends Command {

  @Option(
      names = "--subject",
      required = true,
      paramLabel = "NAME",
      description = "Who agrees, as requests name them.")
  String subject = "";

  @Option(
      names = "--purpose",
      required = true,
      split = ",",
      paramLabel = "ID",
      description = "What for; several with commas, or the option again.")
  List<String> purposes = List.of();

  @Option(
      names = "--controller",
      required = true,
      paramLabel = "WHO",
      description = "Who decides on the use.")
  String controller = "";

  @Option(
      names = "--notice",
      required = true,
      paramLabel = "REFERENCE",
      description = "The privacy notice that was shown: an address and, better, a digest.")
  String notice = "";

  @Option(
      names = "--obtained",
      required = true,
      paramLabel = "HOW",
      description = "How it was obtained, such as \"signed form 12\".")
  String obtained = "";

  @Option(
      names = "--expires",
      paramLabel = "INSTANT",
      description = "When it ends, in UTC, such as 2027-12-31T00:00:00Z (default: it does not).")
  @Nullable String expires;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "What the consent and its receipt are called (default: a new name).")
  @Nullable String id;

  @Mixin ActorArguments actor = new ActorArguments();

  ConsentGiveCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    ConsentActs.Terms terms =
        new ConsentActs.Terms(
            purposes,
            controller,
            notice,
            obtained,
            Optional.ofNullable(expires).map(this::instant));
    try (Governance governance = GovernedHome.open()) {
      ConsentReceipt receipt =
          new ConsentActs(governance)
              .give(
                  actor.principal(governance, subject),
                  subject,
                  id == null ? ConsentActs.newId() : id,
                  terms);
      if (json) {
        streams.out().println(receipt.json());
      } else {
        streams
            .out()
            .printf(
                "Consent %s: %s. Entry %d of the ledger records it.%n",
                receipt.consent().id(),
                String.join(", ", receipt.alive()),
                receipt.consent().index());
      }
    }
    return OK;
  }

  private Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw usage(
          "--expires is '" + text + "', allowed is an instant such as 2027-12-31T00:00:00Z");
    }
  }
}
