package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceFolder;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.InventoryRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Records what came with a model, in the name of whoever brings it in. */
final class EvidenceImport {

  private final Streams streams;
  private final boolean json;

  EvidenceImport(Streams streams, boolean json) {
    this.streams = streams;
    this.json = json;
  }

  /**
   * Records a folder: the model with what is in its files here, and each document. If what they are
   * about is not what is here, nothing is recorded.
   *
   * @return the exit code
   */
  int from(Path folder, Principal by) {
    EvidenceFolder evidence = EvidenceFolder.read(folder);
    InventoryRecord record = InventoryFile.parse(evidence.record());
    try (LoadedModel loaded = ModelArguments.named(record.id()).load(streams)) {
      record =
          record.with(loaded.candidate(Optional.empty()).build(InventoryInitCommand.runtime()));
    }
    try (Governance governance = GovernedHome.open()) {
      requireSame(evidence, record.build().orElseThrow().tuple(governance.policy().digest()));
      EvidenceActs acts = new EvidenceActs(governance);
      for (EvidenceFolder.Item item : evidence.items()) {
        acts.requireToCome(item.until());
        acts.requireNotMeasured(evidence.tuple(), item.kind(), item.verdict());
      }
      List<Long> entries = new ArrayList<>();
      if (isNew(governance, record)) {
        entries.add(new InventoryActs(governance).add(by, record).index());
      }
      for (EvidenceFolder.Item item : evidence.items()) {
        entries.add(
            acts.record(
                by,
                evidence.tuple(),
                item.kind(),
                item.verdict(),
                item.document(),
                item.until(),
                OptionalLong.empty()));
      }
      report(record.id(), evidence, entries);
    }
    return Command.OK;
  }

  private static boolean isNew(Governance governance, InventoryRecord record) {
    return new Inventory(governance)
        .standing(record.id())
        .record()
        .filter(it -> it.what().record().equals(record))
        .isEmpty();
  }

  private static void requireSame(EvidenceFolder evidence, DigestTuple here) {
    List<String> differences = here.differences(evidence.tuple());
    if (!differences.isEmpty()) {
      throw new GovernanceException(
          "evidence-of-another",
          "the evidence is about something else than what is here: "
              + String.join(", ", differences)
              + (differences.size() == 1 ? " differs" : " differ"),
          "Use the model and the policy that it is about, or record evidence of your own.");
    }
  }

  private void report(String id, EvidenceFolder evidence, List<Long> entries) {
    List<String> kinds = evidence.items().stream().map(item -> item.kind().key()).toList();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("id", id);
      members.put("tuple", evidence.tuple().digest());
      members.put("evidence", kinds);
      members.put("entries", entries);
      JsonOutput.print(streams.out(), members);
    } else {
      streams
          .out()
          .printf(
              "%s: the record%s. Next: candor inventory rate %s%n",
              id, kinds.isEmpty() ? "" : " and " + String.join(", ", kinds), id);
    }
  }
}
