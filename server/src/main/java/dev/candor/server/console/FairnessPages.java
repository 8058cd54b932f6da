package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests of bias and of calibration came to, from the documents of evidence. */
public final class FairnessPages {

  private static final int MOST = 20;

  private final Governance governance;

  FairnessPages(Governance governance) {
    this.governance = governance;
  }

  /**
   * Evidence on record.
   *
   * @param tests of a report on bias that this program wrote; none of any other document
   * @param figures of a calibration that this program made
   * @param diagrams of reliability that are in it
   */
  public record Evidence(
      long entry,
      String at,
      String by,
      String model,
      String verdict,
      String plan,
      String document,
      boolean isThere,
      List<BiasTestView> tests,
      Map<String, String> figures,
      List<ReliabilityDiagram> diagrams) {}

  void show(Visit visit) {
    visit.require(Action.VERIFY);
    governance.ledger().refresh();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("bias", of(EvidenceKind.BIAS));
    values.put("calibration", of(EvidenceKind.CALIBRATION));
    visit.show("fairness", "Fairness and calibration", Section.FAIRNESS.path(), values);
  }

  /** The newest first. */
  private List<Evidence> of(EvidenceKind kind) {
    List<Evidence> found = new ArrayList<>();
    List<Long> places = governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, ""));
    for (long place : places.reversed()) {
      Entry entry = governance.ledger().entry(place);
      if (!entry.value("evidence").equals(Optional.of(kind.key()))) {
        continue;
      }
      found.add(view(place, entry, EvidenceRecorded.of(entry)));
      if (found.size() == MOST) {
        break;
      }
    }
    return found;
  }

  private Evidence view(long place, Entry entry, EvidenceRecorded recorded) {
    Optional<byte[]> document = governance.evidence().find(recorded.document());
    Optional<EvidenceDocument> read = document.flatMap(EvidenceDocument::read);
    return new Evidence(
        place,
        Shown.time(entry.required("at")),
        recorded.by(),
        recorded.model(),
        recorded.verdict().key(),
        recorded.plan().isPresent() ? Long.toString(recorded.plan().getAsLong()) : "",
        recorded.document(),
        document.isPresent(),
        read.map(EvidenceDocument::tests).orElse(List.of()),
        read.map(EvidenceDocument::figures).orElse(Map.of()),
        read.map(EvidenceDocument::diagrams).orElse(List.of()));
  }
}
