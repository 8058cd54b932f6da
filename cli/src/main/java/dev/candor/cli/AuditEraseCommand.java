package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.Forgetting;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Forgets somebody. */
@CommandLine.Command(
    name = "erase",
    description = {
      "Destroys the key under which prompts and answers about somebody are kept. The entries of the"
          + " ledger stay and every proof holds; what they commit to can no longer be read by"
          + " anybody. It cannot be undone."
    },
    footer = {
      "",
      "Examples:",
      "  candor audit erase --subject customer-17 --basis \"GDPR 17(1)(b)\"",
      "  candor audit erase --decision 0197f0aa --basis \"asked by mistake\""
    })
final class AuditEraseCommand extends Command {

  @Option(names = "--subject", paramLabel = "NAME", description = "Whom, as requests named them.")
  @Nullable String subject;

  @Option(
      names = "--decision",
      paramLabel = "ID",
      description = "One decision that was about nobody.")
  @Nullable String decision;

  @Option(
      names = "--basis",
      required = true,
      paramLabel = "TEXT",
      description = "Why, such as the article of a law. It is recorded as it is.")
  String basis = "";

  @Mixin ActorArguments actor = new ActorArguments();

  AuditEraseCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if ((subject == null) == (decision == null)) {
      throw usage("give either --subject or --decision");
    }
    try (Governance governance = GovernedHome.open()) {
      Forgetting forgetting = new Forgetting(governance);
      Forgetting.Forgotten forgotten =
          subject != null
              ? forgetting.subject(actor.principal(governance, subject), subject, basis)
              : forgetting.decision(
                  actor.principal(), governance.records().id(String.valueOf(decision)), basis);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("subject", forgotten.subject());
        members.put("payloads", forgotten.payloads());
        members.put("entry", forgotten.entry());
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "%d payloads can no longer be read. Entry %d of the ledger records it.%n",
                forgotten.payloads(), forgotten.entry());
      }
    }
    return OK;
  }
}
