package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.loading.LoaderActs;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Somebody answers for it that evidence is missing. */
@CommandLine.Command(
    name = "waive",
    description = {
      "Lets a model be used without some evidence until a day, as it is on record and under the"
          + " policy in force. Whoever does so has the role govern, is neither developer nor owner,"
          + " and answers for it. An approval is not waived."
    },
    footer = {
      "",
      "Example:",
      "  candor evidence waive candor-mini bias --until 2027-01-31 --reason \"runs in January\" --as"
          + " anton:govern"
    })
final class EvidenceWaiveCommand extends Command {

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model of the inventory.")
  String id = "";

  @Parameters(index = "1", paramLabel = "KIND", description = "What is not asked for.")
  String kind = "";

  @Option(
      names = "--until",
      required = true,
      paramLabel = "INSTANT",
      description = "When it ends, such as 2027-01-31.")
  String until = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  EvidenceWaiveCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    EvidenceKind what = EvidenceKind.of(kind);
    Instant end = InstantArgument.parse("--until", until);
    try (Governance governance = GovernedHome.open()) {
      long entry = new LoaderActs(governance).waive(actor.principal(), id, what, end, reason);
      if (json) {
        printJson(Map.of("entry", entry));
      } else {
        streams
            .out()
            .printf(
                "%s of %s is waived until %s. Entry %d records it; to end it before: candor evidence"
                    + " end-waiver %d --reason TEXT%n",
                what.key(), id, end, entry, entry);
      }
    }
    return OK;
  }
}
