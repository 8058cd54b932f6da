package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.Forgetting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
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
          + " anybody. It cannot be undone. If it was interrupted, do it again.",
      "With --orphans it deletes what is kept and no entry commits to, which a process leaves that"
          + " is killed between a prompt and its entry."
    },
    footer = {
      "",
      "Examples:",
      "  candor audit erase --subject customer-17 --basis \"GDPR 17(1)(b)\"",
      "  candor audit erase --decision 0197f0aa --basis \"asked by mistake\"",
      "  candor audit erase --orphans --basis \"left by a power cut\""
    })
final class AuditEraseCommand extends Command {

  @Option(names = "--subject", paramLabel = "NAME", description = "Whom, as requests named them.")
  @Nullable String subject;

  @Option(
      names = "--decision",
      paramLabel = "ID",
      description = "One decision that was about nobody.")
  @Nullable String decision;

  @Option(names = "--stop-reasons", description = "Why people ordered all decisions to stop.")
  boolean stopReasons;

  @Option(names = "--orphans", description = "What no entry commits to and is older than a minute.")
  boolean orphans;

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
    long targets =
        Stream.of(subject != null, decision != null, stopReasons, orphans).filter(it -> it).count();
    if (targets != 1) {
      throw usage("give one of --subject, --decision, --stop-reasons and --orphans");
    }
    try (Governance governance = GovernedHome.open()) {
      Forgetting forgetting = new Forgetting(governance);
      if (orphans) {
        report(forgetting.orphans(actor.principal(), basis));
      } else {
        report(forgotten(governance, forgetting));
      }
    }
    return OK;
  }

  private Forgetting.Forgotten forgotten(Governance governance, Forgetting forgetting) {
    if (subject != null) {
      return forgetting.subject(actor.principal(governance, subject), subject, basis);
    }
    return decision == null
        ? forgetting.stopReasons(actor.principal(), basis)
        : forgetting.decision(actor.principal(), governance.records().id(decision), basis);
  }

  private void report(Forgetting.Forgotten forgotten) {
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

  private void report(Forgetting.Swept swept) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("payloads", swept.payloads());
      swept.entry().ifPresent(entry -> members.put("entry", entry));
      printJson(members);
    } else if (swept.entry().isEmpty()) {
      streams.out().println("Every payload older than a minute has its entry.");
    } else {
      streams
          .out()
          .printf(
              "%d payloads without an entry are deleted. Entry %d of the ledger records it.%n",
              swept.payloads(), swept.entry().getAsLong());
    }
  }
}
