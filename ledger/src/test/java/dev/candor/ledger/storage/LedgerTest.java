package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

  @TempDir Path home;

  static Entry note(int number) {
    return new Entry("note", Map.of("number", Integer.toString(number)));
  }

  private Ledger open() {
    return Ledger.open(home.resolve("ledger"), TestKeys.SETTINGS);
  }

  @Test
  void whatWasAppendedIsThereAfterwards() {
    byte[] root;
    try (Ledger ledger = open()) {
      assertThat(ledger.size()).isZero();
      assertThat(ledger.root()).isEqualTo(TreeHash.empty());
      for (int i = 0; i < 20; i++) {
        Ledger.Appended appended = ledger.append(note(i));
        assertThat(appended.index()).isEqualTo(i);
        assertThat(appended.size()).isEqualTo(i + 1L);
        assertThat(appended.root()).isEqualTo(ledger.root());
        assertThat(ledger.entry(i)).isEqualTo(appended.entry());
      }
      root = ledger.root();
    }
    try (Ledger ledger = open();
        Ledger view = Ledger.view(home.resolve("ledger"))) {
      assertThat(ledger.size()).isEqualTo(20);
      assertThat(ledger.root()).isEqualTo(root);
      assertThat(view.root()).isEqualTo(root);
      assertThat(view.entry(7).required("number")).isEqualTo("7");
      assertThatThrownBy(() -> view.append(note(1)))
          .isInstanceOf(LedgerException.class)
          .extracting("code")
          .isEqualTo("ledger.read-only");
    }
  }

  /** Across the ends of files and of a tile of level 1; every entry is proven. */
  @Test
  void growsAcrossFilesAndTiles() {
    int count = 256 * 3 + 5;
    try (Ledger ledger = open()) {
      appendAll(ledger, count);
      check(ledger, count);
    }
    try (Ledger ledger = open()) {
      check(ledger, count);
      appendAll(ledger, 300);
      check(ledger, count + 300);
    }
  }

  private static void appendAll(Ledger ledger, int count) {
    List<CompletableFuture<Ledger.Appended>> appended = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      appended.add(ledger.appendLater(note(i)));
    }
    long before = appended.getFirst().join().index();
    for (int i = 0; i < count; i++) {
      assertThat(appended.get(i).join().index()).isEqualTo(before + i);
    }
  }

  private static void check(Ledger ledger, int count) {
    assertThat(ledger.size()).isEqualTo(count);
    assertThat(MerkleRoot.of(count, ledger.hashes())).isEqualTo(ledger.root());
    List<byte[]> leaves = new ArrayList<>();
    ledger.forEach(0, count, (index, entry) -> leaves.add(TreeHash.leaf(entry.bytes())));
    assertThat(MerkleRoot.of(count, (level, index) -> subtree(leaves, level, (int) index)))
        .isEqualTo(ledger.root());
    for (int i = 0; i < count; i += 37) {
      assertThat(InclusionProof.of(i, count, ledger.hashes()).proves(leaves.get(i), ledger.root()))
          .isTrue();
    }
  }

  private static byte[] subtree(List<byte[]> leaves, int level, int index) {
    return level == 0
        ? leaves.get(index)
        : TreeHash.node(
            subtree(leaves, level - 1, 2 * index), subtree(leaves, level - 1, 2 * index + 1));
  }

  @Test
  void stampsInTheOrderOfTheLog() {
    AtomicReference<Instant> time =
        new AtomicReference<>(Instant.parse("2026-11-30T09:10:11.123456789Z"));
    LedgerSettings settings =
        new LedgerSettings(
            TestKeys.ORIGIN, () -> TestKeys.SIGNERS, time::get, Duration.ofSeconds(5));
    try (Ledger ledger = Ledger.open(home, settings)) {
      Entry first = ledger.append(note(1)).entry();
      assertThat(first.values().keySet()).containsExactly("at", "boot", "clock", "number");
      assertThat(first.required("at")).isEqualTo("2026-11-30T09:10:11.123456789Z");
      // A wall clock that jumps back is data.
      time.set(Instant.parse("1999-01-01T00:00:00Z"));
      Entry second = ledger.append(note(2)).entry();
      assertThat(second.required("at")).isEqualTo("1999-01-01T00:00:00.000000000Z");
      assertThat(second.required("boot")).isEqualTo(first.required("boot"));
      assertThat(Long.parseLong(second.required("clock")))
          .isGreaterThan(Long.parseLong(first.required("clock")));
      assertThatThrownBy(() -> ledger.append(new Entry("note", Map.of("at", "yesterday"))))
          .isInstanceOf(LedgerException.class)
          .extracting("code")
          .isEqualTo("ledger.entry-stamped");
    }
  }

  @Test
  void checkpointsAreSignedAndStay() throws Exception {
    SignedNote note;
    try (Ledger ledger = open()) {
      ledger.append(note(1));
      note = ledger.checkpoint();
      assertThat(ledger.checkpoint()).isEqualTo(note);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      assertThat(checkpoint.size()).isEqualTo(1);
      assertThat(checkpoint.root()).isEqualTo(ledger.root());
      assertThat(note.verifiedBy(TestKeys.SIGNERS.stream().map(NoteSigner::key).toList()))
          .hasSize(2);
      assertThat(Files.readAllBytes(home.resolve("ledger/checkpoint"))).isEqualTo(note.form());
      ledger.append(note(2));
      assertThat(Checkpoint.parse(ledger.checkpoint().text()).size()).isEqualTo(2);
    }
    try (Ledger view = Ledger.view(home.resolve("ledger"))) {
      assertThat(Checkpoint.parse(view.checkpoint().text()).root()).isEqualTo(view.root());
    }
    assertThatThrownBy(() ->
            Ledger.open(
                home.resolve("ledger"), new LedgerSettings("other", () -> TestKeys.SIGNERS)))
        .isInstanceOf(LedgerException.class)
        .extracting("code")
        .isEqualTo("ledger.origin");
  }

  /** Two of one process stand for two processes here; real ones are elsewhere. */
  @Test
  void severalLedgersShareAFolder() {
    try (Ledger one = open();
        Ledger other = open()) {
      for (int i = 0; i < 300; i++) {
        assertThat((i % 3 == 0 ? one : other).append(note(i)).index()).isEqualTo(i);
      }
      one.refresh();
      other.refresh();
      assertThat(one.root()).isEqualTo(other.root());
      assertThat(one.size()).isEqualTo(300);
    }
  }

  /** Opening reads the last file, the last tiles and what a checkpoint needs, not the ledger. */
  @Test
  void openingReadsLittle() {
    FaultDisk disk = CrashScenario.prepared(150_000);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      ledger.checkpoint();
      ledger.append(note(1));
      disk.readBytes = 0;
      try (Ledger again = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
        assertThat(again.size()).isEqualTo(150_001);
        assertThat(again.rebuilt()).isEmpty();
      }
      assertThat(disk.readBytes).isLessThan(120_000);
      assertThat(ledger.capacity().usedBytes()).isGreaterThan(20_000_000);
    }
  }

  /** An interrupted thread neither loses its entry nor closes a file of the others. */
  @Test
  void anInterruptDoesNoHarm() {
    try (Ledger ledger = open()) {
      Thread.currentThread().interrupt();
      assertThat(ledger.append(note(0)).index()).isZero();
      assertThat(Checkpoint.parse(ledger.checkpoint().text()).size()).isEqualTo(1);
      assertThat(ledger.entry(0).required("number")).isEqualTo("0");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(ledger.append(note(1)).index()).isEqualTo(1);
    }
  }
}
