package dev.candor.governance.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelApproved;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.ModelMoved;
import dev.candor.governance.inventory.ModelRated;
import dev.candor.governance.inventory.ModelRecorded;
import dev.candor.governance.inventory.ModelReviewed;
import dev.candor.governance.inventory.Rating;
import dev.candor.governance.inventory.RiskRating;
import dev.candor.governance.loading.LoaderMode;
import dev.candor.governance.loading.LoaderModeSet;
import dev.candor.governance.loading.WaiverEnded;
import dev.candor.governance.loading.WaiverGranted;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.ReplayChecked;
import dev.candor.ledger.entries.StopOrdered;
import dev.candor.ledger.entries.SubjectErased;
import dev.candor.ledger.entries.SubjectErasureBegun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Figures are what their definitions say. Expected values are counted by hand or in another way.
 */
class EvidenceQueriesTest {

  private static final Period QUARTER = Period.quarter("2026-Q4");
  private static final Instant END = QUARTER.to();
  private static final String DIGEST = "ab".repeat(32);
  private static final Commitment COMMITMENT = new Commitment(DIGEST);

  private final List<Entry> log = new ArrayList<>();

  private void at(String instant, String boot, long clock, Entry entry) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("at", instant);
    values.put("boot", boot);
    values.put("clock", Long.toString(clock));
    values.putAll(entry.values());
    log.add(new Entry(entry.kind(), values));
  }

  private void at(String instant, Entry entry) {
    at(instant, "b", 0, entry);
  }

  private Figure figure(String query) {
    LogReading reading = new LogReading(List.of(EvidenceQueries.require(query)), QUARTER, END);
    for (int i = 0; i < log.size(); i++) {
      reading.take(i, log.get(i));
    }
    return reading.figures().getFirst();
  }

  @Test
  void namesAreUniqueAndDefined() {
    assertThat(EvidenceQueries.all())
        .extracting(EvidenceQuery::name)
        .doesNotHaveDuplicates()
        .allMatch(KebabCase::is);
    assertThat(EvidenceQueries.all())
        .allSatisfy(query -> {
          assertThat(query.definition()).endsWith(".").hasSizeGreaterThan(20);
          assertThat(query.unit()).endsWith("s");
        });
    assertThatThrownBy(() -> EvidenceQueries.require("decision"))
        .isInstanceOf(GovernanceException.class)
        .extracting(e -> ((GovernanceException) e).remedy())
        .asString()
        .contains("'decisions'");
  }

  /** A query over a kind that nothing writes would be 0 for ever. */
  @Test
  void theirKindsAreWritten() throws IOException {
    Set<String> written = new TreeSet<>();
    for (String room : List.of("ledger", "governance")) {
      try (Stream<Path> files = Files.walk(Path.of("..", room, "src", "main", "java"))) {
        for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
          Matcher kind =
              Pattern.compile("String KIND = \"([a-z-]+)\"").matcher(Files.readString(file));
          while (kind.find()) {
            written.add(kind.group(1));
          }
        }
      }
    }
    assertThat(EvidenceQueries.all().stream().flatMap(query -> query.kinds().stream()))
        .filteredOn(kind -> !kind.equals("*"))
        .isSubsetOf(written);
  }

  @Test
  void aPeriodHasItsFirstInstantAndNotItsLast() {
    Entry replay = new ReplayChecked(0, 1, 10, 7, 1, 2, List.of("d"), "a", "b").entry();
    at("2026-09-30T23:59:59.999999999Z", replay);
    at("2026-10-01T00:00:00.000000000Z", replay);
    at("2026-12-31T23:59:59.999999999Z", replay);
    at("2027-01-01T00:00:00.000000000Z", replay);
    Figure figure = figure("replays");
    assertThat(figure.value()).hasValue(20);
    assertThat(figure.number("different", 1)).isEqualTo(2);
    assertThat(figure.entries())
        .isEqualTo(new EntryRange(2, OptionalLong.of(1), OptionalLong.of(2)));
    assertThat(QUARTER.before()).isEqualTo(Period.quarter("2026-Q3"));
    assertThat(Period.quarterOf(Instant.parse("2027-01-01T00:00:00Z")).name()).isEqualTo("2027-Q1");
    assertThat(Period.days("2026-10-01", "2026-10-31").before().name())
        .isEqualTo("2026-08-31 to 2026-09-30");
    assertThatThrownBy(() -> Period.days("2026-10-31", "2026-10-01"))
        .isInstanceOf(GovernanceException.class);
    assertThatThrownBy(() -> Period.quarter("2026-Q5")).isInstanceOf(GovernanceException.class);
    assertThatThrownBy(() -> Period.days("2026-01-01", "+999999999-12-31"))
        .isInstanceOf(GovernanceException.class);
    assertThat(Period.quarter("0000-Q1").before().to()).isEqualTo(Period.quarter("0000-Q1").from());
  }

  @Test
  void aStopIsMeasuredFromTheLastOrderOfTheSameStart() {
    Entry all = new StopOrdered(Optional.empty(), "a", COMMITMENT).entry();
    at("2026-10-02T00:00:00Z", "b", 1_000_000, all);
    at("2026-10-02T00:00:00Z", "b", 5_000_000, order("one"));
    at("2026-10-02T00:00:00Z", "b", 7_500_999, end("one")); // 2,500 µs after its own.
    at("2026-10-02T00:00:00Z", "b", 9_000_000, end("two")); // 8,000 µs after that to all.
    at("2026-10-02T00:00:00Z", "c", 9_000_000, end("three")); // Of another start.
    Figure figure = figure("time-to-stop");
    assertThat(figure.value()).hasValue(8_000);
    assertThat(figure.number("from order to end, median", 1)).isEqualTo(2_500);
    assertThat(figure.entries().count()).isEqualTo(4);
  }

  private static Entry order(String decision) {
    return new StopOrdered(Optional.of(decision), "a", COMMITMENT).entry();
  }

  private static Entry end(String decision) {
    return new DecisionFinished(
            decision, 0, "stopped", Optional.empty(), 1, 1, 1, 1, Optional.empty())
        .entry();
  }

  @Test
  void ofEvidenceTheLastVerdictCountsWhileItIsAlive() {
    evidence("t1", Verdict.FAIL, Optional.empty());
    evidence("t1", Verdict.PASS, Optional.empty());
    evidence("t2", Verdict.PASS, Optional.of(END));
    evidence("t3", Verdict.PASS, Optional.of(END.plusNanos(1)));
    evidence("t4", Verdict.PASS, Optional.empty());
    evidence("t4", Verdict.INSUFFICIENT_DATA, Optional.empty());
    Figure figure = figure("evidence-bias");
    assertThat(figure.value()).hasValue(2);
    assertThat(figure.number("expired", 1)).isEqualTo(1);
    assertThat(figure.number("insufficient-data", 1)).isEqualTo(1);
    assertThat(figure("evidence-card").entries()).isEqualTo(EntryRange.NONE);
    assertThat(figure("thresholds").number("not shown", 1)).isEqualTo(6);
  }

  private void evidence(String tuple, Verdict verdict, Optional<Instant> until) {
    at(
        "2026-10-02T00:00:00Z",
        new EvidenceRecorded(
                tuple, "m", EvidenceKind.BIAS, verdict, DIGEST, until, OptionalLong.empty(), "a")
            .entry());
  }

  @Test
  void waiversEndByTimeOrByAnAct() {
    for (Instant until : List.of(END, END.plusSeconds(1), END.plusSeconds(1))) {
      at(
          "2026-10-02T00:00:00Z",
          new WaiverGranted("m", "t", EvidenceKind.CARD, "why", until, "a").entry());
    }
    at("2026-10-03T00:00:00Z", new WaiverEnded(1, "m", "t", "why", "a").entry());
    at("2026-10-03T00:00:00Z", new LoaderModeSet(LoaderMode.ENFORCE, "a").entry());
    Figure figure = figure("waivers");
    assertThat(figure.value()).hasValue(1);
    assertThat(figure.number("expired", 1)).isEqualTo(1);
    assertThat(figure.number("ended", 1)).isEqualTo(1);
    assertThat(figure("loader-mode").rows().getFirst())
        .containsExactly(Cell.of("enforce"), Cell.of("a"), Cell.of(4));
  }

  @Test
  void anErasureThatWasNotDoneIsSeen() {
    at("2026-10-02T00:00:00Z", new SubjectErasureBegun("s1", 3, "a", "b").entry());
    at("2026-10-02T00:00:01Z", new SubjectErased("s1", 3, "a", "b").entry());
    at("2026-10-02T00:00:02Z", new SubjectErasureBegun("s2", 4, "a", "b").entry());
    Figure figure = figure("erasures");
    assertThat(figure.value()).hasValue(1);
    assertThat(figure.number("payloads erased", 1)).isEqualTo(3);
    assertThat(figure.number("begun and not done", 1)).isEqualTo(1);
  }

  @Test
  void modelsStandAsTheInventorySays() {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    Arrays.stream(InventoryField.values()).forEach(field -> fields.put(field, "UNKNOWN"));
    fields.put(InventoryField.ID, "old-one");
    fields.put(InventoryField.NAME, "An old one");
    fields.put(InventoryField.OWNER, "anna");
    fields.put(InventoryField.DEVELOPER, "carl");
    fields.put(InventoryField.ORIGIN, "internal");
    fields.put(InventoryField.NEXT_REVIEW, "2026-12-31");
    at("2026-07-01T00:00:00Z", new ModelRecorded(record(fields), "a").entry());
    fields.put(InventoryField.ID, "new-one");
    fields.put(InventoryField.NEXT_REVIEW, "2027-01-01");
    at("2026-07-02T00:00:00Z", new ModelRecorded(record(fields), "a").entry());
    assertThat(figure("models").value()).hasValue(2);
    // Nobody has approved anything: a record of a model is no evidence of that.
    assertThat(figure("approvals").entries()).isEqualTo(EntryRange.NONE);
    assertThat(figure("exemptions").entries()).isEqualTo(EntryRange.NONE);
    assertThat(figure("models-by-state").number("design", 1)).isEqualTo(2);
    assertThat(figure("models-by-rating").number("UNKNOWN", 1)).isEqualTo(2);
    assertThat(figure("unknown-fields").number("data-sources", 1)).isEqualTo(2);
    // The period ends with the year: what was due on its last day is overdue, the next day is not.
    assertThat(figure("reviews-overdue").rows())
        .containsExactly(List.of(Cell.of("old-one"), Cell.of("2026-12-31")));
  }

  @Test
  void anApprovalUnderALowerRatingIsVoid() {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    Arrays.stream(InventoryField.values()).forEach(field -> fields.put(field, "UNKNOWN"));
    fields.put(InventoryField.ID, "m");
    fields.put(InventoryField.NAME, "A model");
    fields.put(InventoryField.OWNER, "anna");
    fields.put(InventoryField.DEVELOPER, "anna");
    fields.put(InventoryField.DATA_SOURCES, "lessons");
    fields.put(InventoryField.ORIGIN, "internal");
    fields.put(InventoryField.NEXT_REVIEW, "2026-12-31");
    at("2026-10-01T00:00:00Z", new ModelRecorded(record(fields), "anna").entry());
    rated(RiskRating.LOW);
    at(
        "2026-10-01T02:00:00Z",
        new ModelMoved(
                "m",
                LifecycleState.DESIGN,
                LifecycleState.REVIEW,
                Optional.empty(),
                List.of(),
                false,
                "it is done",
                "anna")
            .entry());
    at(
        "2026-10-01T03:00:00Z",
        new ModelReviewed("m", DIGEST, true, "fine", Optional.empty(), "bob").entry());
    at(
        "2026-10-01T04:00:00Z",
        new ModelApproved(
                "m",
                DIGEST,
                DIGEST,
                RiskRating.LOW,
                Optional.empty(),
                Role.GOVERN,
                new ModelLimits(
                    List.of("triage"), List.of(), OptionalLong.empty(), OptionalLong.empty()),
                Optional.empty(),
                Optional.of(END.plusSeconds(1)),
                "carl")
            .entry());
    assertThat(figure("approvals").number("alive", 1)).isEqualTo(1);
    rated(RiskRating.HIGH);
    assertThat(figure("approvals").value()).hasValue(0);
    assertThat(figure("approvals").number("void", 1)).isEqualTo(1);
  }

  private void rated(RiskRating rating) {
    at(
        "2026-10-01T05:00:00Z",
        new ModelRated(
                "m",
                new Rating(rating, 1, 10, Map.of("importance", "high"), List.of()),
                "c".repeat(64),
                Optional.empty(),
                Optional.empty(),
                "anna")
            .entry());
  }

  private static InventoryRecord record(Map<InventoryField, String> fields) {
    return new InventoryRecord(fields, Optional.empty());
  }

  /** Against sorting: the ⌈p·n/100⌉-th smallest. */
  @Test
  void quantilesAreNearestRanks() {
    long seed = 20261130;
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int n = 1; n <= 300; n++) {
      Quantiles quantiles = new Quantiles();
      List<Long> sorted = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        long number = random.nextLong(1_000);
        quantiles.add(number);
        sorted.add(number);
      }
      sorted.sort(null);
      for (int percent : List.of(50, 95, 100)) {
        int rank = (int) Math.ceil(percent * n / 100.0);
        assertThat(quantiles.at(percent))
            .as("seed %d, n %d, %d", seed, n, percent)
            .isEqualTo(sorted.get(rank - 1));
      }
    }
  }

  @Test
  void manyWordsHaveOneRowForTheRest() {
    for (int i = 0; i < 60; i++) {
      for (int j = 0; j <= i % 3; j++) {
        at(
            "2026-10-02T00:00:00Z",
            new Entry("finding-raised", Map.of("finding", "f%02d".formatted(i))));
      }
    }
    Figure figure = figure("findings");
    assertThat(figure.rows()).hasSize(51);
    assertThat(figure.rows().getFirst()).containsExactly(Cell.of("f02"), Cell.of(3));
    assertThat(figure.rows().getLast()).containsExactly(Cell.of("(others)"), Cell.of(10));
    assertThat(figure.value()).hasValue(120);
  }
}
