package dev.candor.governance.figures;

import dev.candor.governance.loading.FindingRaised;
import dev.candor.governance.loading.LoadRefused;
import dev.candor.governance.loading.LoaderModeSet;
import dev.candor.governance.loading.WaiverEnded;
import dev.candor.governance.loading.WaiverGranted;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Queries over the loader: what it was set to, what it refused and found, what was waived. */
final class LoaderQueries {

  private LoaderQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        new EvidenceQuery(
            "waivers",
            "Waivers of evidence",
            "waivers",
            "Entries waiver-granted: ended if a later entry waiver-ended names their index, expired if"
                + " until is not after the end of the period, or the moment of the report if that is"
                + " earlier, otherwise alive. The value is the number of those alive.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(WaiverGranted.KIND, WaiverEnded.KIND),
            List.of("state", "waivers"),
            _ -> new Waivers()),
        new EvidenceQuery(
            "loader-mode",
            "What the loader does where evidence is missing",
            "changes",
            "Entries loader-mode-set, each with its index, mode and who set it. Without one it is off.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(LoaderModeSet.KIND),
            List.of("mode", "by", "entry"),
            _ -> new LoaderModes()),
        new EvidenceQuery(
            "load-refusals",
            "Models that were not loaded for want of evidence",
            "refusals",
            "Entries load-refused, by model-name and the first 12 digits of model.",
            EvidenceWindow.PERIOD,
            Set.of(LoadRefused.KIND),
            List.of("model", "refusals"),
            _ ->
                new CountBy(entry ->
                    Optional.of(
                        entry.required("model-name")
                            + " "
                            + DecisionQueries.beginning(entry.required("model"))))),
        new EvidenceQuery(
            "findings",
            "Findings",
            "findings",
            "Entries finding-raised, by finding.",
            EvidenceWindow.PERIOD,
            Set.of(FindingRaised.KIND),
            List.of("finding", "findings"),
            _ -> new CountBy(entry -> Optional.of(entry.required("finding")))));
  }

  /** Waivers by what has become of them. */
  private static final class Waivers implements Tally {

    private final Map<Long, WaiverGranted> granted = new TreeMap<>();
    private final Set<Long> ended = new TreeSet<>();

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals(WaiverGranted.KIND)) {
        granted.put(index, WaiverGranted.of(entry));
      } else {
        ended.add(WaiverEnded.of(entry).waiver());
      }
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      Map<String, Long> counts = new TreeMap<>();
      granted.forEach((index, waiver) -> {
        boolean expired = !asOf.isBefore(waiver.until());
        counts.merge(
            ended.contains(index) ? "ended" : expired ? AliveUntil.EXPIRED : AliveUntil.ALIVE,
            1L,
            Long::sum);
      });
      return Answer.of(counts.getOrDefault(AliveUntil.ALIVE, 0L), CountBy.rows(counts));
    }
  }

  /** How the loader was set, one time after the other. */
  private static final class LoaderModes implements Tally {

    private final List<List<Cell>> rows = new ArrayList<>();

    @Override
    public boolean take(long index, Entry entry) {
      rows.add(
          List.of(Cell.of(entry.required("mode")), Cell.of(entry.required("by")), Cell.of(index)));
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return Answer.of(rows.size(), rows);
    }
  }
}
