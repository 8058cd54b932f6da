package dev.candor.governance.figures;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.governance.evidence.Verdict;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Queries over evidence: what was recorded about models, and what was found out about answers. */
final class EvidenceShelfQueries {

  /** In the place of a verdict of evidence that has ended. */
  private static final String EXPIRED = AliveUntil.EXPIRED;

  private EvidenceShelfQueries() {}

  static List<EvidenceQuery> all() {
    List<EvidenceQuery> queries = new ArrayList<>();
    Arrays.stream(EvidenceKind.values())
        .filter(kind -> kind != EvidenceKind.APPROVAL)
        .map(EvidenceShelfQueries::ofKind)
        .forEach(queries::add);
    queries.add(
        new EvidenceQuery(
            "thresholds",
            "Tests for bias, by whether their thresholds were set before",
            "tests",
            "Entries evidence-recorded whose evidence is bias: thresholds set before if they name a"
                + " plan, otherwise not shown.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(EvidenceRecorded.KIND),
            List.of("thresholds", "tests"),
            _ -> new CountBy(EvidenceShelfQueries::threshold)));
    queries.add(
        new EvidenceQuery(
            "waivers",
            "Waivers of evidence",
            "waivers",
            "Entries waiver-granted: ended if a later entry waiver-ended names their index, expired if"
                + " until is not after the end of the period, or the moment of the report if that is"
                + " earlier, otherwise alive. The value is the number of those alive.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of("waiver-granted", "waiver-ended"),
            List.of("state", "waivers"),
            _ -> new Waivers()));
    queries.add(
        new EvidenceQuery(
            "loader-mode",
            "What the loader does where evidence is missing",
            "changes",
            "Entries loader-mode-set, each with its index, mode and who set it. Without one it is off.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of("loader-mode-set"),
            List.of("mode", "by", "entry"),
            _ -> new LoaderModes()));
    queries.add(
        new EvidenceQuery(
            "load-refusals",
            "Models that were not loaded for want of evidence",
            "refusals",
            "Entries load-refused, by the first 12 digits of model.",
            EvidenceWindow.PERIOD,
            Set.of("load-refused"),
            List.of("model", "refusals"),
            _ ->
                new CountBy(entry ->
                    Optional.of(
                        entry.value("model").map(DecisionQueries::beginning).orElse("UNKNOWN")))));
    queries.add(
        new EvidenceQuery(
            "findings",
            "Findings",
            "findings",
            "Entries finding-raised, by finding.",
            EvidenceWindow.PERIOD,
            Set.of("finding-raised"),
            List.of("finding", "findings"),
            _ -> new CountBy(entry -> Optional.of(entry.value("finding").orElse("UNKNOWN")))));
    queries.add(
        new EvidenceQuery(
            "explanations",
            "Explanations by what became of them",
            "explanations",
            "Entries explanation-issued, by status.",
            EvidenceWindow.PERIOD,
            Set.of("explanation-issued"),
            List.of("status", "explanations"),
            _ -> new CountBy(entry -> Optional.of(entry.required("status")))));
    return queries;
  }

  private static Optional<String> threshold(Entry entry) {
    EvidenceRecorded recorded = EvidenceRecorded.of(entry);
    if (recorded.kind() != EvidenceKind.BIAS) {
      return Optional.empty();
    }
    return Optional.of(recorded.plan().isPresent() ? "set before" : "not shown");
  }

  private static EvidenceQuery ofKind(EvidenceKind kind) {
    return new EvidenceQuery(
        "evidence-" + kind.key(),
        "Evidence: " + kind.words(),
        "tuples",
        "Of entries evidence-recorded whose evidence is "
            + kind.key()
            + " the last one of each tuple, by verdict; expired if until is not after the end of the"
            + " period, or the moment of the report if that is earlier. The value is the number whose"
            + " verdict is pass.",
        EvidenceWindow.UNTIL_ITS_END,
        Set.of(EvidenceRecorded.KIND),
        List.of("verdict", "tuples"),
        _ -> new LastOfKind(kind));
  }

  /** The last evidence of a kind for each tuple. */
  private static final class LastOfKind implements Tally {

    private final EvidenceKind kind;
    private final Map<String, EvidenceRecorded> last = new TreeMap<>();

    LastOfKind(EvidenceKind kind) {
      this.kind = kind;
    }

    @Override
    public boolean take(long index, Entry entry) {
      EvidenceRecorded recorded = EvidenceRecorded.of(entry);
      if (recorded.kind() != kind) {
        return false;
      }
      last.put(recorded.tuple(), recorded);
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      Map<String, Long> counts = new TreeMap<>();
      for (EvidenceRecorded one : last.values()) {
        boolean ended = one.until().isPresent() && !asOf.isBefore(one.until().get());
        counts.merge(ended ? EXPIRED : one.verdict().key(), 1L, Long::sum);
      }
      return Answer.of(counts.getOrDefault(Verdict.PASS.key(), 0L), CountBy.rows(counts));
    }
  }

  /** Waivers by what has become of them. */
  private static final class Waivers implements Tally {

    private final Map<Long, Entry> granted = new TreeMap<>();
    private final Set<Long> ended = new TreeSet<>();

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals("waiver-granted")) {
        granted.put(index, entry);
      } else {
        ended.add(Long.parseLong(entry.required("waiver")));
      }
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      Map<String, Long> counts = new TreeMap<>();
      granted.forEach((index, entry) -> {
        boolean expired = !asOf.isBefore(RecordedText.instant("until", entry.required("until")));
        counts.merge(
            ended.contains(index) ? "ended" : expired ? EXPIRED : AliveUntil.ALIVE, 1L, Long::sum);
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
