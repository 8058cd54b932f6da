package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceFolder;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.register.EntryIndex;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Evidence goes with a model. */
@CommandLine.Command(
    name = "export",
    description = {
      "Writes the record of a model and the last document of each kind into a folder, which goes with"
          + " the model. There 'candor evidence import' records it. An approval does not travel: who"
          + " uses a model approves it."
    },
    footer = {"", "Example:", "  candor evidence export candor-mini models/candor-mini/evidence"})
final class EvidenceExportCommand extends Command {

  @Parameters(index = "0", paramLabel = "MODEL", description = "A model of the inventory.")
  String id = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "The folder; made if need be.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path folder;

  EvidenceExportCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    GovernedHome.requireLedger();
    try (Governance governance = GovernedHome.open()) {
      DigestTuple tuple = new InventoryActs(governance).tuple(id);
      InventoryRecord record =
          new Inventory(governance).require(id).record().orElseThrow().what().record();
      Map<EvidenceKind, EvidenceFolder.Item> last = new TreeMap<>();
      for (long place :
          governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, tuple.digest()))) {
        EvidenceRecorded it = EvidenceRecorded.of(governance.ledger().entry(place));
        last.put(
            it.kind(),
            new EvidenceFolder.Item(
                it.kind(), it.verdict(), governance.evidence().require(it.document()), it.until()));
      }
      List<EvidenceFolder.Item> items = new ArrayList<>(last.values());
      new EvidenceFolder(tuple, InventoryFile.write(record).getBytes(StandardCharsets.UTF_8), items)
          .write(folder);
      List<String> kinds = items.stream().map(item -> item.kind().key()).toList();
      if (json) {
        printJson(Map.of("folder", folder.toString(), "evidence", kinds));
      } else {
        streams
            .out()
            .printf(
                "%s: the record and %d documents%s.%n",
                folder, kinds.size(), kinds.isEmpty() ? "" : " (" + String.join(", ", kinds) + ")");
      }
    }
    return OK;
  }
}
