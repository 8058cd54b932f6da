package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.ledger.notes.Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The ledger in the form that any tool of the field reads. */
@CommandLine.Command(
    name = "export",
    description = {
      "Writes the ledger as C2SP tlog-tiles: checkpoint, tile/…, tile/entries/…, and the keys that"
          + " verify it in vkeys. No prompt and no answer is in it. Where the keys are locked, gone or"
          + " without a passphrase, it ends with the last checkpoint that they have signed."
    },
    footer = {
      "",
      "Examples:",
      "  candor audit export /media/auditor/ledger",
      "  java -jar candor-verify.jar export /media/auditor/ledger"
    })
final class AuditExportCommand extends Command {

  @Parameters(paramLabel = "DIR", description = "A folder that is empty or not there yet.")
  Path folder = Path.of("");

  @Mixin ActorArguments actor = new ActorArguments();

  AuditExportCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Authority.require(actor.principal(), Action.VERIFY);
    try (Governance governance = GovernedHome.openOrView(streams);
        ProgressLine progress = new ProgressLine(streams)) {
      long size = Checkpoint.parse(governance.ledger().checkpoint().text()).size();
      progress.draw("exporting " + size + " entries");
      governance.ledger().export(folder);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("folder", folder.toString());
        members.put("size", size);
        printJson(members);
      } else {
        progress.close();
        streams.out().printf("%s holds %d entries.%n", folder, size);
      }
    }
    return OK;
  }
}
