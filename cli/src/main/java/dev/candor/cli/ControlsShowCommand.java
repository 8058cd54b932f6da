package dev.candor.cli;

import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One control with all that the ledger has of evidence for it. */
@CommandLine.Command(
    name = "show",
    description =
        "Shows one control: what it asks for, where that stands, and each figure that is evidence for"
            + " it, with its definition and the entries that it rests on.",
    footer = {
      "",
      "Examples:",
      "  candor controls show AIA-14",
      "  candor controls show FP-5 --json"
    })
final class ControlsShowCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The control, such as E23-7.")
  String id = "";

  @Mixin ActorArguments actor = new ActorArguments();

  ControlsShowCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    ControlCatalogue catalogue = ControlCatalogue.ofHome(GovernedHome.settings().home());
    ControlEvidence evidence =
        ControlEvidence.of(catalogue.control(id), LedgerFigures.ofHome().figures());
    if (json) {
      printJson(ControlsCommand.members(evidence));
      return OK;
    }
    streams.out().println(evidence.control().id() + "  " + evidence.control().title());
    evidence
        .control()
        .fields()
        .forEach((name, value) -> {
          if (!name.equals("title")) {
            streams.out().printf("  %-11s %s%n", name, value);
          }
        });
    streams.out().println("  state       " + evidence.state().words());
    evidence.figures().forEach(this::print);
    return OK;
  }

  private void print(Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    streams.out().println();
    streams.out().println("  " + LedgerFigures.words(figure) + ". " + query.title());
    streams.out().println("    " + query.definition());
    streams.out().println("    rests on " + figure.entries().words());
    figure
        .unknown()
        .ifPresent(why -> streams.out().println("    UNKNOWN, as " + AnswerPrinter.harmless(why)));
    for (List<Cell> row : figure.rows()) {
      streams
          .out()
          .println(
              "    - "
                  + row.stream()
                      .map(cell -> AnswerPrinter.harmless(cell.written()))
                      .collect(Collectors.joining(" | ")));
    }
  }
}
