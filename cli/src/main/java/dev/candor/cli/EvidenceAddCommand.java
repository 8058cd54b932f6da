package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceShelf;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.InventoryActs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A document that speaks for a model, or against it. */
@CommandLine.Command(
    name = "add",
    description = {
      "Records a document about a model as it is on record and under the policy in force. The last"
          + " one of a kind counts. Whoever records it answers for its verdict. What candor bias run,"
          + " verify-signature, card, datasheet and bom find, they record themselves."
    },
    footer = {
      "",
      "Examples:",
      "  candor evidence add candor-mini card models/candor-mini/README.md --verdict pass",
      "  candor evidence add candor-mini calibration calibration.json --verdict pass --until 2027-12-31"
    })
final class EvidenceAddCommand extends Command {

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model of the inventory.")
  String id = "";

  @Parameters(
      index = "1",
      paramLabel = "KIND",
      description =
          "signature, card, datasheet, bom, bias, calibration, gates, hardware or"
              + " vendor-assessment.")
  String kind = "";

  @Parameters(index = "2", paramLabel = "FILE", description = "The document; a copy is kept.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  @Option(
      names = "--verdict",
      required = true,
      paramLabel = "VERDICT",
      description = "pass, fail or insufficient-data.")
  String verdict = "";

  @Option(
      names = "--until",
      paramLabel = "INSTANT",
      description = "When it ends (default: when the model changes).")
  @Nullable String until;

  @Option(
      names = "--plan",
      paramLabel = "ENTRY",
      description = "The entry that committed to thresholds before it was measured.")
  @Nullable Long plan;

  @Mixin ActorArguments actor = new ActorArguments();

  EvidenceAddCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    EvidenceKind what = EvidenceKind.of(kind);
    Verdict comesTo = Verdict.of(verdict);
    byte[] document = EvidenceShelf.read(file);
    try (Governance governance = GovernedHome.open()) {
      DigestTuple tuple = new InventoryActs(governance).tuple(id);
      EvidenceActs acts = new EvidenceActs(governance);
      acts.requireNotMeasured(tuple, what, comesTo);
      long entry =
          acts.record(
              actor.principal(),
              tuple,
              what,
              comesTo,
              document,
              Optional.ofNullable(until).map(it -> InstantArgument.parse("--until", it)),
              plan == null ? OptionalLong.empty() : OptionalLong.of(plan));
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("entry", entry);
        members.put("tuple", tuple.digest());
        members.put("document", DigestTuple.sha256(document));
        printJson(members);
      } else {
        streams
            .out()
            .printf("%s of %s: %s. Entry %d records it.%n", what.key(), id, comesTo.key(), entry);
      }
    }
    return OK;
  }
}
