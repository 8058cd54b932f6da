package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.reports.FilledDocument;
import dev.candor.governance.reports.VendorFacts;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is known of a model from outside, and what is not. */
@CommandLine.Command(
    name = "vendor",
    description = {
      "Fills the vendor risk assessment of a model with what the ledger knows, as HTML and PDF; what it"
          + " does not know is UNKNOWN. CANDOR_HOME/templates/vendor-risk-assessment.yaml takes the place"
          + " of the questions that Candor comes with. candor evidence add records the finished"
          + " document."
    },
    footer = {
      "",
      "Examples:",
      "  candor report vendor smollm2 --out vendor",
      "  candor report vendor candor-mini --json"
    })
final class ReportVendorCommand extends Command {

  @Parameters(paramLabel = "MODEL", description = "The model's id in the inventory.")
  String id = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder to write to (default: the one where you are).")
  @Nullable Path out;

  @Mixin ActorArguments actor = new ActorArguments();

  ReportVendorCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    FilledDocument document;
    try (Governance governance = GovernedHome.view()) {
      document = VendorFacts.document(governance, GovernedHome.settings().home(), id);
    }
    String name = "vendor-risk-assessment-" + id;
    FilledDocumentReport.write(streams, document, out == null ? Path.of("") : out, name, json);
    return OK;
  }
}
