package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.EvidenceShelf;
import dev.candor.governance.inventory.InventoryActs;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What somebody found who looked at a model. */
@CommandLine.Command(
    name = "review",
    description = {
      "Records what a review came to: accepted, so that the model may be approved, or returned. It is"
          + " about the model as it is on record and under the policy in force. The reviewer is"
          + " neither developer nor owner."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory review candor-mini --accept --summary \"does what its card says\" --report"
          + " review.pdf --as rita:operate",
      "  candor inventory review candor-mini --return --summary \"no test for bias\" --as rita:operate"
    })
final class InventoryReviewCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The model.")
  String id = "";

  @Option(names = "--accept", description = "It may be approved.")
  boolean accept;

  @Option(names = "--return", description = "It may not.")
  boolean returned;

  @Option(
      names = "--summary",
      required = true,
      paramLabel = "TEXT",
      description = "What was found, in a sentence.")
  String summary = "";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "The report; a copy of it is kept with the evidence.")
  @Nullable Path report;

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryReviewCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (accept == returned) {
      throw usage("give either --accept or --return");
    }
    Optional<byte[]> document = Optional.ofNullable(report).map(EvidenceShelf::read);
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance).review(actor.principal(), id, accept, summary, document);
      if (json) {
        printJson(InventoryReport.members(done));
      } else {
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
