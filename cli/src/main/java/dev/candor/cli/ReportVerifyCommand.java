package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.reports.ReportVerifier;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether a report says what the ledger says. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Verifies the ledger, computes every figure of a board report again from it, and compares the"
          + " documents with the digests in report.json and in the ledger. It needs no passphrase and"
          + " no model, and works on an export: candor audit export."
    },
    footer = {
      "",
      "Examples:",
      "  candor report verify board-report-2026-Q4",
      "  candor report verify report --ledger /media/auditor/ledger --vkey keys-from-the-operator",
      "",
      "Exit codes: 0 all is well, 1 something is wrong."
    })
final class ReportVerifyCommand extends Command {

  @Parameters(paramLabel = "FILE|DIR", description = "The folder of the report, or a file in it.")
  Path place = Path.of("");

  @Option(
      names = "--ledger",
      paramLabel = "DIR",
      description = "Another ledger than that of this device, or an export.")
  @Nullable Path ledger;

  @Mixin TrustArguments trust = new TrustArguments();

  @Mixin ActorArguments actor = new ActorArguments();

  ReportVerifyCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    if (ledger == null) {
      GovernedHome.requireLedger();
    }
    Path log = ledger == null ? ModelStore.ofUser().home().resolve("ledger") : ledger;
    ReportVerifier.Outcome outcome;
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("verifying the ledger and the report");
      outcome = ReportVerifier.verify(place, log, trust.trust(), GovernedHome.settings().runtime());
    }
    if (json) {
      printJson(members(outcome));
    } else {
      print(outcome);
    }
    return outcome.isWell() ? OK : FAILED;
  }

  private static Map<String, Object> members(ReportVerifier.Outcome outcome) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("well", outcome.isWell());
    members.put("figures", outcome.figures());
    members.put("equal", outcome.equal());
    members.put("entries", outcome.entries());
    members.put("problems", outcome.problems());
    members.put("remarks", outcome.remarks());
    return members;
  }

  private void print(ReportVerifier.Outcome outcome) {
    for (ReportVerifier.Problem problem : outcome.problems()) {
      streams.out().println(AnswerPrinter.harmless(problem.where() + ": " + problem.message()));
    }
    outcome.remarks().forEach(it -> streams.out().println("(" + AnswerPrinter.harmless(it) + ")"));
    streams
        .out()
        .printf(
            "%s: %d of %d figures computed again are the same, from %d entries.%n",
            outcome.isWell() ? "All is well" : "Something is wrong",
            outcome.equal(),
            outcome.figures(),
            outcome.entries());
  }
}
