package dev.candor.governance.evidence;

import static dev.candor.governance.TestHome.ANNA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.fairness.ThresholdsCommitted;
import dev.candor.governance.register.EntryIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceActsTest {

  private static final DigestTuple TUPLE =
      new DigestTuple(
          "a".repeat(64), "Q8_0", "b".repeat(64), "none", "c".repeat(64), "i8-blocks32");
  private static final byte[] CARD = "a card".getBytes(StandardCharsets.UTF_8);

  private @TempDir Path folder;

  private static void assertRefused(String reason, ThrowingCallable act) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(act)
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance." + reason))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  @Test
  void whatIsRecordedIsFoundByTupleAndByModelAndItsDocumentLiesOnTheShelf() {
    TestHome home = new TestHome(folder);
    Instant end = home.now().plus(Duration.ofDays(1));
    try (Governance governance = home.open()) {
      long plan = commitment(governance, TUPLE);
      long index =
          new EvidenceActs(governance)
              .record(
                  ANNA,
                  TUPLE,
                  EvidenceKind.CARD,
                  Verdict.PASS,
                  CARD,
                  Optional.of(end),
                  OptionalLong.of(plan));
      assertThat(governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, TUPLE.digest())))
          .containsExactly(index);
      assertThat(governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, TUPLE.model())))
          .containsExactly(index);
      EvidenceRecorded recorded = EvidenceRecorded.of(governance.ledger().entry(index));
      assertThat(recorded)
          .isEqualTo(
              new EvidenceRecorded(
                  TUPLE.digest(),
                  TUPLE.model(),
                  EvidenceKind.CARD,
                  Verdict.PASS,
                  DigestTuple.sha256(CARD),
                  Optional.of(end),
                  OptionalLong.of(plan),
                  "anna"));
      assertThat(governance.evidence().require(recorded.document())).isEqualTo(CARD);
      assertThat(governance.evidence().tuple(recorded.tuple())).contains(TUPLE);
    }
  }

  private static long commitment(Governance governance, DigestTuple tuple) {
    return governance
        .ledger()
        .append(
            new ThresholdsCommitted(
                    tuple.digest(),
                    tuple.model(),
                    "d".repeat(64),
                    "plan",
                    "e".repeat(64),
                    ANNA.name())
                .entry())
        .index();
  }

  /** A verifier looks it up, so what names another entry would leave a ledger that is wrong. */
  @Test
  void aPlanIsAnEntryThatCommittedToThresholdsForJustThis() {
    TestHome home = new TestHome(folder);
    DigestTuple other =
        new DigestTuple(
            "f".repeat(64), "Q8_0", "b".repeat(64), "none", "c".repeat(64), "i8-blocks32");
    try (Governance governance = home.open()) {
      long ofOther = commitment(governance, other);
      EvidenceActs acts = new EvidenceActs(governance);
      long card =
          acts.record(
              ANNA,
              TUPLE,
              EvidenceKind.CARD,
              Verdict.PASS,
              CARD,
              Optional.empty(),
              OptionalLong.empty());
      for (long plan : new long[] {-1, ofOther, card, 99}) {
        assertRefused(
            "evidence-plan",
            () ->
                acts.record(
                    ANNA,
                    TUPLE,
                    EvidenceKind.BIAS,
                    Verdict.PASS,
                    CARD,
                    Optional.empty(),
                    OptionalLong.of(plan)));
      }
      assertThat(governance.ledger().size()).isEqualTo(2);
    }
  }

  @Test
  void nobodysWordStandsAgainstWhatWasMeasured() {
    TestHome home = new TestHome(folder);
    try (Governance governance = home.open()) {
      EvidenceActs acts = new EvidenceActs(governance);
      acts.requireNotMeasured(TUPLE, EvidenceKind.BIAS, Verdict.PASS);
      for (EvidenceKind kind : List.of(EvidenceKind.BIAS, EvidenceKind.HARDWARE)) {
        acts.record(ANNA, TUPLE, kind, Verdict.FAIL, CARD, Optional.empty(), OptionalLong.empty());
      }
      assertRefused(
          "evidence-measured",
          () -> acts.requireNotMeasured(TUPLE, EvidenceKind.BIAS, Verdict.PASS));
      acts.requireNotMeasured(TUPLE, EvidenceKind.BIAS, Verdict.FAIL);
      // What nothing measures is what people say last.
      acts.requireNotMeasured(TUPLE, EvidenceKind.HARDWARE, Verdict.PASS);
    }
  }

  @Test
  void whatMayNotBeRecordedLeavesNothing() {
    TestHome home = new TestHome(folder);
    try (Governance governance = home.open()) {
      EvidenceActs acts = new EvidenceActs(governance);
      Principal asker = Principal.of("ute", List.of(Role.INVOKE, Role.AUDIT));
      assertRefused(
          "not-permitted", () -> record(acts, asker, EvidenceKind.CARD, Optional.empty()));
      assertRefused(
          "evidence-kind", () -> record(acts, ANNA, EvidenceKind.APPROVAL, Optional.empty()));
      assertRefused(
          "evidence-expired", () -> record(acts, ANNA, EvidenceKind.CARD, Optional.of(home.now())));
      assertRefused(
          "evidence-too-large",
          () ->
              acts.record(
                  ANNA,
                  TUPLE,
                  EvidenceKind.CARD,
                  Verdict.PASS,
                  new byte[EvidenceShelf.MOST_BYTES + 1],
                  Optional.empty(),
                  OptionalLong.empty()));
    }
    assertThat(home.path().resolve("evidence")).doesNotExist();
  }

  private static void record(
      EvidenceActs acts, Principal by, EvidenceKind kind, Optional<Instant> until) {
    acts.record(by, TUPLE, kind, Verdict.PASS, CARD, until, OptionalLong.empty());
  }

  @Test
  void aDocumentThatWasAlteredIsNotGiven() throws IOException {
    EvidenceShelf shelf = new EvidenceShelf(folder);
    String digest = shelf.put(CARD);
    assertThat(shelf.find(digest)).contains(CARD);
    Files.writeString(folder.resolve(digest), "another");
    assertThat(shelf.find(digest)).isEmpty();
    assertRefused("evidence-document", () -> shelf.require(digest));
    assertRefused("evidence-document", () -> shelf.require("../../etc/passwd"));
    // Who has the document can put it back.
    assertThat(shelf.put(CARD)).isEqualTo(digest);
    assertThat(shelf.require(digest)).isEqualTo(CARD);
  }

  @Test
  void everyPartOfATupleCounts() {
    List<DigestTuple> others =
        List.of(
            new DigestTuple("d".repeat(64), "Q8_0", "b".repeat(64), "none", "c".repeat(64), "p"),
            new DigestTuple("a".repeat(64), "Q4_K", "b".repeat(64), "none", "c".repeat(64), "p"),
            new DigestTuple("a".repeat(64), "Q8_0", "d".repeat(64), "none", "c".repeat(64), "p"),
            new DigestTuple(
                "a".repeat(64), "Q8_0", "b".repeat(64), "d".repeat(64), "c".repeat(64), "p"),
            new DigestTuple("a".repeat(64), "Q8_0", "b".repeat(64), "none", "d".repeat(64), "p"),
            new DigestTuple("a".repeat(64), "Q8_0", "b".repeat(64), "none", "c".repeat(64), "q"));
    DigestTuple one =
        new DigestTuple("a".repeat(64), "Q8_0", "b".repeat(64), "none", "c".repeat(64), "p");
    List<String> parts = List.copyOf(one.parts().keySet());
    for (int i = 0; i < others.size(); i++) {
      assertThat(others.get(i).differences(one)).containsExactly(parts.get(i));
      assertThat(others.get(i).digest()).isNotEqualTo(one.digest());
      assertThat(DigestTuple.parse(others.get(i).text())).isEqualTo(others.get(i));
    }
  }

  @Test
  void aTextThatIsNoTupleIsRefused() {
    String text = TUPLE.text();
    for (String wrong :
        List.of(
            "",
            text.substring(1),
            text + "\n",
            text.strip(),
            text.replace("template", "templates"),
            text.replace("none", "None"),
            text.replace("aaa", "AAA"),
            text.replace("\n", "\r\n"))) {
      assertRefused("tuple-malformed", () -> DigestTuple.parse(wrong));
    }
  }

  @Test
  void aFolderComesBackAndAnAlteredOneDoesNot() throws IOException {
    EvidenceFolder written =
        new EvidenceFolder(
            TUPLE,
            "id: a\n".getBytes(StandardCharsets.UTF_8),
            List.of(
                new EvidenceFolder.Item(
                    EvidenceKind.CARD,
                    Verdict.PASS,
                    CARD,
                    Optional.of(Instant.parse("2027-01-01T00:00:00Z"))),
                new EvidenceFolder.Item(
                    EvidenceKind.BIAS, Verdict.FAIL, new byte[] {0, 1}, Optional.empty())));
    written.write(folder);
    EvidenceFolder read = EvidenceFolder.read(folder);
    assertThat(read.tuple()).isEqualTo(TUPLE);
    assertThat(read.record()).isEqualTo(written.record());
    assertThat(read.items()).usingRecursiveComparison().isEqualTo(written.items());
    for (String name : List.of("card", "bias", "record.yaml", "tuple.txt")) {
      written.write(folder);
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      bytes[0] ^= 1;
      Files.write(folder.resolve(name), bytes);
      assertThatExceptionOfType(GovernanceException.class)
          .isThrownBy(() -> EvidenceFolder.read(folder));
      Files.delete(folder.resolve(name));
      assertRefused("evidence-folder", () -> EvidenceFolder.read(folder));
    }
    new EvidenceFolder(TUPLE, CARD, List.of()).write(folder);
    assertThat(EvidenceFolder.read(folder).items()).isEmpty();
  }
}
