package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.reports.DecisionFacts;
import dev.candor.governance.reports.FilledDocument;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One decision, explained to whoever it is about. */
@CommandLine.Command(
    name = "decision",
    description = {
      "Fills a document that explains one decision to whoever it is about, as HTML and PDF: what was"
          + " decided, on which data, why as far as that was tested, and who looked at it; what is not"
          + " known is UNKNOWN. It needs the passphrase, for it has what was asked and answered.",
      "CANDOR_HOME/templates/decision-explanation.yaml takes the place of the questions that Candor"
          + " comes with."
    },
    footer = {
      "",
      "Examples:",
      "  candor explain 0197f0aa",
      "  candor report decision 0197f0aa --out explanation"
    })
final class ReportDecisionCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The decision, or the first digits of its id.")
  String id = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder to write to (default: the one where you are).")
  @Nullable Path out;

  @Mixin ActorArguments actor = new ActorArguments();

  ReportDecisionCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    GovernedHome.requireLedger();
    FilledDocument document;
    String decision;
    try (Governance governance = GovernedHome.open()) {
      decision = governance.records().id(id);
      document =
          DecisionFacts.document(
              governance,
              GovernedHome.settings().home(),
              actor.principal(governance, actor.principal().name()),
              decision);
    }
    String name = "decision-" + decision.substring(0, 12);
    FilledDocumentReport.write(streams, document, out == null ? Path.of("") : out, name, json);
    return OK;
  }
}
