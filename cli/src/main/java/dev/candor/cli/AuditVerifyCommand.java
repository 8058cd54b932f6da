package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.governance.EntryRules;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.payloads.PayloadRule;
import dev.candor.ledger.verification.EntryRule;
import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.ReportJson;
import dev.candor.ledger.verification.ReportText;
import dev.candor.ledger.verification.VerificationReport;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the ledger is what was recorded. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Recomputes the whole ledger from its entries: every hash, commit and checkpoint, whether each"
          + " decision that ended had begun, was answered once and followed the policy in force, and"
          + " whether the consent that it rests on was alive then. Says which entry is wrong. It"
          + " needs no passphrase, and no model.",
      "That nothing was cut off at the end, and nothing replaced as a whole, only somebody else can"
          + " know: keep a checkpoint elsewhere and give it with --against."
    },
    footer = {
      "",
      "Examples:",
      "  candor audit verify",
      "  candor audit verify --payloads",
      "  candor audit verify --against last-week.checkpoint --vkey keys-from-the-vendor",
      "",
      "Exit codes: 0 all is well, 1 something is wrong."
    })
final class AuditVerifyCommand extends Command {

  @Mixin TrustArguments trust = new TrustArguments();

  @Option(
      names = "--ledger",
      paramLabel = "DIR",
      description = "Another ledger than that of this device.")
  @Nullable Path ledger;

  @Option(
      names = "--payloads",
      description =
          "Also whether what the entries commit to is kept and right, or was erased by an erasure on"
              + " record, and whether anything is kept that no entry commits to: this needs the"
              + " passphrase.")
  boolean payloads;

  @Mixin ActorArguments actor = new ActorArguments();

  AuditVerifyCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (payloads && ledger != null) {
      throw usage("--payloads is for the ledger of this device");
    }
    Authority.require(actor.principal(), payloads ? Action.READ_ALL : Action.VERIFY);
    if (ledger == null) {
      GovernedHome.requireLedger();
    }
    VerificationReport report;
    try (ProgressLine progress = new ProgressLine(streams)) {
      progress.draw("verifying the ledger");
      report = payloads ? withPayloads() : report(List.of());
    }
    streams.out().print(json ? ReportJson.of(report) : ReportText.of(report));
    streams.out().flush();
    return report.isWell() ? OK : FAILED;
  }

  private VerificationReport withPayloads() {
    try (Governance governance = GovernedHome.open()) {
      return report(
          List.of(() ->
              new PayloadRule(
                  governance.payloads(), governance::keyOf, governance.clock().instant())));
    }
  }

  private VerificationReport report(List<Supplier<EntryRule>> more) {
    List<Supplier<EntryRule>> rules = EntryRules.all();
    rules.addAll(more);
    Path folder = ledger == null ? ModelStore.ofUser().home().resolve("ledger") : ledger;
    return new LedgerVerifier(trust.trust(), rules).ledger(folder);
  }
}
