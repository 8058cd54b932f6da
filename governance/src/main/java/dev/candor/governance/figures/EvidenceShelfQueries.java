package dev.candor.governance.figures;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.explanation.ExplanationIssued;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
            "explanations",
            "Explanations by what became of them",
            "explanations",
            "Entries explanation-issued, by status.",
            EvidenceWindow.PERIOD,
            Set.of(ExplanationIssued.KIND),
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
}
