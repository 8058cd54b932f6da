package dev.candor.governance.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.entries.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsentRegisterTest {

  private static final String ANNA = "a".repeat(64);
  private static final String BORIS = "b".repeat(64);
  private static final Instant START = Instant.parse("2026-11-30T09:00:00Z");

  private final ConsentRegister register = new ConsentRegister();

  private static Instant at(long minutes) {
    return START.plus(Duration.ofMinutes(minutes));
  }

  private static ConsentGrant grant(
      String id, String subject, Optional<Instant> expires, String... purposes) {
    return new ConsentGrant(
        id,
        subject,
        List.of(purposes),
        "Clinic Ltd",
        "notices/2026-11.pdf sha256:ab",
        "typed at the prompt",
        expires,
        "anna");
  }

  /** As the ledger stamps it. */
  private static Entry stamped(Instant at, Entry entry) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("at", at.toString());
    values.put("boot", "1");
    values.put("clock", "5");
    values.putAll(entry.values());
    return Entry.parse(new Entry(entry.kind(), values).bytes());
  }

  private void log(long minutes, Entry entry) {
    register.apply(register.next(), stamped(at(minutes), entry));
  }

  private void assertCode(String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + code))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  @Test
  void whatIsNotThereWasNotGiven() {
    assertThat(register.alive(ANNA, "triage", START)).isEmpty();
    log(0, new Entry("decision-started", Map.of("subject", ANNA)));
    log(1, grant("c1", ANNA, Optional.empty(), "triage").entry());
    assertThat(register.alive(ANNA, "research", at(2))).isEmpty();
    assertThat(register.alive(BORIS, "triage", at(2))).isEmpty();
    Consent consent = register.alive(ANNA, "triage", at(2)).orElseThrow();
    assertThat(consent.index()).isEqualTo(1);
    assertThat(consent.given()).isEqualTo(at(1));
    assertThat(consent.grant()).isEqualTo(grant("c1", ANNA, Optional.empty(), "triage"));
  }

  @Test
  void aWithdrawalCountsFromItsEntryOnWhateverTheClocksSay() {
    log(10, grant("c1", ANNA, Optional.empty(), "triage", "research").entry());
    // The clock was set back: the entry is later all the same.
    log(5, ConsentWithdrawal.ofPurposes(ANNA, List.of("triage"), "anna").entry());
    assertThat(register.alive(ANNA, "triage", at(7))).isEmpty();
    assertThat(register.alive(ANNA, "research", at(7))).isPresent();
    log(11, ConsentWithdrawal.ofConsent(ANNA, "c1", "anna").entry());
    assertThat(register.purposes(ANNA, at(12))).isEmpty();
    log(12, grant("c2", ANNA, Optional.empty(), "triage").entry());
    assertThat(register.alive(ANNA, "triage", at(13)).map(Consent::id)).contains("c2");
  }

  @Test
  void whatHasExpiredIsNotAlive() {
    log(0, grant("c1", ANNA, Optional.of(at(60)), "triage").entry());
    assertThat(register.alive(ANNA, "triage", at(60).minusNanos(1))).isPresent();
    assertThat(register.alive(ANNA, "triage", at(60))).isEmpty();
    assertThat(register.receipt("c1", at(60)).orElseThrow().state())
        .isEqualTo(ConsentReceipt.State.EXPIRED);
  }

  @Test
  void whatIsToBeLoggedIsHeldAgainstTheRegister() {
    log(0, grant("c1", ANNA, Optional.empty(), "triage").entry());
    assertCode(
        "consent-known",
        () -> register.require(grant("c1", BORIS, Optional.empty(), "triage"), at(1)));
    assertCode(
        "consent-expired",
        () -> register.require(grant("c2", ANNA, Optional.of(at(1)), "triage"), at(1)));
    assertCode(
        "consent-unknown", () -> register.require(ConsentWithdrawal.ofConsent(ANNA, "c9", "anna")));
    assertCode(
        "consent-unknown",
        () -> register.require(ConsentWithdrawal.ofPurposes(ANNA, List.of("research"), "anna")));
    assertCode(
        "consent-of-another",
        () -> register.require(ConsentWithdrawal.ofConsent(BORIS, "c1", "boris")));
    register.require(ConsentWithdrawal.ofConsent(ANNA, "c1", "anna"));
    log(2, ConsentWithdrawal.ofConsent(ANNA, "c1", "anna").entry());
    assertCode(
        "consent-withdrawn",
        () -> register.require(ConsentWithdrawal.ofConsent(ANNA, "c1", "anna")));
  }

  /**
   * What two processes log at once, or somebody who did not ask, has no effect and is not hidden.
   */
  @Test
  void whatCannotTakeEffectHasNone() {
    log(0, grant("c1", ANNA, Optional.empty(), "triage").entry());
    log(1, ConsentWithdrawal.ofConsent(BORIS, "c1", "boris").entry());
    log(2, ConsentWithdrawal.ofConsent(ANNA, "c7", "anna").entry());
    log(3, grant("c1", BORIS, Optional.empty(), "triage").entry());
    log(4, grant("c2", BORIS, Optional.of(at(4)), "triage").entry());
    assertThat(register.alive(ANNA, "triage", at(5)).map(Consent::index)).contains(0L);
    assertThat(register.alive(BORIS, "triage", at(5))).isEmpty();
    assertThat(register.withoutEffect())
        .extracting(entry -> entry.index() + " " + entry.code())
        .containsExactly(
            "1 governance.consent-of-another",
            "2 governance.consent-unknown",
            "3 governance.consent-known",
            "4 governance.consent-expired");
    assertThat(register.countWithoutEffect()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Triage", "tri age", "-triage", "triage-", "a--b", "1a", "\u202etriage", "ä"})
  void purposesAreInKebabCase(String purpose) {
    assertCode("consent-purposes", () -> Purposes.of(List.of(purpose)));
    assertCode(
        "consent-purposes", () -> ConsentWithdrawal.ofPurposes(ANNA, List.of(purpose), "anna"));
  }

  @Test
  void purposesAreSortedAndFew() {
    assertThat(Purposes.of(List.of("b", "a-1", "b"))).containsExactly("a-1", "b");
    assertThat(Purposes.parse("a-1 b")).containsExactly("a-1", "b");
    assertCode("consent-purposes", () -> Purposes.parse("b a-1"));
    assertCode("consent-purposes", () -> Purposes.parse("a a"));
    assertCode("consent-purposes", () -> Purposes.of(List.of()));
    assertCode("consent-purposes", () -> Purposes.of(List.of("x".repeat(65))));
    assertThat(Purposes.of(List.of("x".repeat(64)))).hasSize(1);
    List<String> many = Stream.iterate(0, i -> i + 1).limit(33).map(i -> "p" + i).toList();
    assertCode("consent-purposes", () -> Purposes.of(many));
    assertThat(Purposes.of(many.subList(0, 32))).hasSize(32);
  }

  @ParameterizedTest
  @CsvSource({"C1,id", "'',id", "c 1,id", "c1,subject", "c1,controller", "c1,notice", "c1,by"})
  void fieldsThatDoNotFitAreNamed(String id, String field) {
    assertCode(
        "consent-malformed",
        () ->
            new ConsentGrant(
                id,
                field.equals("subject") ? "anna" : ANNA,
                List.of("triage"),
                field.equals("controller") ? "a\nb" : "Clinic",
                field.equals("notice") ? "x".repeat(1025) : "notice",
                "typed",
                Optional.empty(),
                field.equals("by") ? " " : "anna"));
  }

  @Test
  void aMalformedEntryStopsTheReading() {
    log(0, grant("c1", ANNA, Optional.empty(), "triage").entry());
    Entry good = ConsentWithdrawal.ofConsent(ANNA, "c1", "anna").entry();
    for (String missing : good.values().keySet()) {
      Map<String, String> values = new LinkedHashMap<>(good.values());
      values.remove(missing);
      assertCode(
          "consent-entry", () -> register.apply(1, stamped(at(1), new Entry(good.kind(), values))));
    }
    assertCode(
        "consent-entry",
        () -> register.apply(1, grant("c2", ANNA, Optional.empty(), "triage").entry()));
    assertThat(register.next()).isEqualTo(1);
    assertThat(register.alive(ANNA, "triage", at(1))).isPresent();
    assertCode("consent-order", () -> register.apply(0, stamped(at(1), good)));
    register.apply(1, stamped(at(1), good));
    assertThat(register.alive(ANNA, "triage", at(1))).isEmpty();
  }

  @Test
  void receiptsSayWhatHasBecomeOfAConsent() {
    log(0, grant("c1", ANNA, Optional.of(at(600)), "triage", "research").entry());
    log(1, ConsentWithdrawal.ofPurposes(ANNA, List.of("research"), "anna").entry());
    assertThat(register.receipts(ANNA, at(2)))
        .singleElement()
        .extracting(ConsentReceipt::json)
        .isEqualTo(
            """
            {
              "format" : "candor-consent-receipt/1",
              "receipt" : "c1",
              "subject" : "%s",
              "controller" : "Clinic Ltd",
              "notice" : "notices/2026-11.pdf sha256:ab",
              "obtained" : "typed at the prompt",
              "recordedBy" : "anna",
              "given" : "2026-11-30T09:00:00Z",
              "expires" : "2026-11-30T19:00:00Z",
              "purposes" : [ "research", "triage" ],
              "state" : "given",
              "alive" : [ "triage" ],
              "withdrawn" : {
                "research" : 1
              },
              "entry" : 0
            }\
            """
                .formatted(ANNA));
  }

  /** A model that keeps everything that happened, and searches it from the end. */
  private record Event(
      String id, String subject, List<String> purposes, Optional<Instant> expires, boolean given) {

    static Optional<Integer> alive(
        List<Optional<Event>> events, String subject, String purpose, Instant now) {
      for (int i = events.size() - 1; i >= 0; i--) {
        Optional<Event> event = events.get(i);
        if (event.isEmpty() || !event.get().given) {
          continue;
        }
        Event grant = event.get();
        boolean used =
            events.subList(0, i).stream()
                .flatMap(Optional::stream)
                .anyMatch(earlier -> earlier.given && earlier.id.equals(grant.id));
        boolean withdrawn =
            events.subList(i + 1, events.size()).stream()
                .flatMap(Optional::stream)
                .filter(later -> !later.given && later.subject.equals(subject))
                .anyMatch(later -> later.id.equals(grant.id) || later.purposes.contains(purpose));
        if (!used
            && !withdrawn
            && grant.subject.equals(subject)
            && grant.purposes.contains(purpose)
            && grant.expires.map(now::isBefore).orElse(true)) {
          return Optional.of(i);
        }
      }
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyInterleavingIsWhatANaiveModelSays(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> subjects = List.of(ANNA, BORIS, "c".repeat(64));
    List<String> purposes = List.of("a", "b", "c", "d");
    for (int run = 0; run < 40; run++) {
      ConsentRegister tested = new ConsentRegister();
      List<Optional<Event>> events = new ArrayList<>();
      for (int step = 0; step < 40; step++) {
        String subject = subjects.get(random.nextInt(3));
        String id = "c" + random.nextInt(12);
        List<String> some = purposes.stream().filter(purpose -> random.nextInt(3) == 0).toList();
        // Always still to come, for the naive model knows nothing of what ends before it begins.
        Optional<Instant> expires =
            random.nextBoolean()
                ? Optional.of(at(step + 1 + random.nextInt(30)))
                : Optional.empty();
        int what = some.isEmpty() ? 0 : random.nextInt(4);
        if (what == 0) {
          tested.apply(step, stamped(at(step), new Entry("note", Map.of())));
          events.add(Optional.empty());
        } else if (what == 1) {
          tested.apply(
              step, stamped(at(step), ConsentWithdrawal.ofConsent(subject, id, "x").entry()));
          events.add(Optional.of(new Event(id, subject, List.of(), expires, false)));
        } else if (what == 2) {
          tested.apply(
              step, stamped(at(step), ConsentWithdrawal.ofPurposes(subject, some, "x").entry()));
          events.add(Optional.of(new Event("", subject, some, expires, false)));
        } else {
          tested.apply(
              step,
              stamped(at(step), grant(id, subject, expires, some.toArray(String[]::new)).entry()));
          events.add(Optional.of(new Event(id, subject, some, expires, true)));
        }
        Instant now = at(random.nextInt(80));
        for (String who : subjects) {
          List<String> alive = new ArrayList<>();
          for (String purpose : purposes) {
            Optional<Integer> expected = Event.alive(events, who, purpose, now);
            assertThat(tested.alive(who, purpose, now).map(consent -> (int) consent.index()))
                .as("seed %d, run %d, step %d, %s", seed, run, step, purpose)
                .isEqualTo(expected);
            expected.ifPresent(index -> alive.add(purpose));
          }
          assertThat(tested.purposes(who, now)).isEqualTo(alive);
        }
      }
    }
  }
}
