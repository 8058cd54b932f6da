package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that decay or go are found, and never taken for what a crash left. */
class DamageTest {

  private static FaultDisk disk(int entries, boolean checkpoint) {
    return disk(entries, checkpoint, TestKeys.SETTINGS);
  }

  private static FaultDisk disk(int entries, boolean checkpoint, LedgerSettings settings) {
    FaultDisk disk = CrashScenario.prepared(entries);
    if (checkpoint) {
      try (Ledger ledger = Ledger.open(disk.process(), settings)) {
        ledger.checkpoint();
      }
      disk.forceAll();
    }
    return disk;
  }

  private static FaultDisk.FileNode file(FaultDisk disk, String name) {
    if (disk.find(name) instanceof FaultDisk.FileNode file) {
      return file;
    }
    throw new AssertionError(name);
  }

  private static FaultDisk flipped(FaultDisk disk, String name, int bit) {
    FaultDisk copy = disk.copy();
    FaultDisk.FileNode file = file(copy, name);
    file.bytes = file.bytes.clone();
    file.bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return copy;
  }

  /** Every bit of every file: opening refuses, or it was not one of what had been acknowledged. */
  @ParameterizedTest
  @ValueSource(strings = {"entries/000", "acknowledged", "checkpoint", "vkeys"})
  void noFlippedBitIsTakenForACrash(String name) {
    FaultDisk whole = disk(4, true, TestKeys.SHORT);
    int bits = file(whole, name).bytes.length * 8;
    for (int bit = 0; bit < bits; bit++) {
      FaultDisk disk = flipped(whole, name, bit);
      try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
        assertThat(ledger.size()).isEqualTo(4);
        assertThat(ledger.entry(3).required("number")).isEqualTo("3");
        assertThat(name).isNotEqualTo("entries/000");
      } catch (LedgerException e) {
        assertThat(e.code())
            .isIn(
                "ledger.damaged",
                "ledger.truncated",
                "ledger.checkpoint-damaged",
                "ledger.other-history",
                "ledger.origin");
      }
    }
  }

  /**
   * Without any file beside the entries, all but the last two groups still speak for themselves.
   */
  @Test
  void entriesAloneShowWhatDecayed() {
    FaultDisk whole = disk(4, false);
    whole.root.names.remove("acknowledged");
    FaultDisk.FileNode entries = file(whole, "entries/000");
    int lastGroups = EntriesFile.parse("", 0, entries.bytes).groups().get(1).end();
    for (int bit = 0; bit < lastGroups * 8; bit++) {
      FaultDisk disk = flipped(whole, "entries/000", bit);
      assertThatThrownBy(() -> Ledger.open(disk.process(), TestKeys.SETTINGS).close())
          .as("bit %d", bit)
          .isInstanceOf(LedgerException.class)
          .extracting("code")
          .isEqualTo("ledger.damaged");
    }
  }

  /** What cannot be believed of a tile of the second level is read from the entries again. */
  @Test
  void everyBitOfTheLastTileCounts() {
    FaultDisk whole = disk(600, true);
    byte[] root = rootOf(whole);
    for (int bit = 0; bit < 512; bit++) {
      FaultDisk disk = flipped(whole, "tile/1/000", bit);
      try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
        assertThat(ledger.rebuilt()).isNotEmpty();
        assertThat(ledger.root()).isEqualTo(root);
      }
      assertThat(file(disk, "tile/1/000").bytes).isEqualTo(file(whole, "tile/1/000").bytes);
    }
  }

  private static byte[] rootOf(FaultDisk disk) {
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      return ledger.root();
    }
  }

  /** A damaged tile does not harm: proofs are made of what the entries give. */
  @Test
  void damagedTilesAreMadeAgain() {
    FaultDisk whole = disk(600, true);
    byte[] hash;
    try (Ledger ledger = Ledger.open(whole.process(), TestKeys.SETTINGS)) {
      hash = ledger.hashes().hash(3, 7);
    }
    FaultDisk disk = flipped(whole, "tile/0/000", 9_999);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      assertThat(ledger.hashes().hash(3, 7)).isEqualTo(hash);
      assertThat(ledger.rebuilt()).containsExactly("tile/0/000");
    }
    assertThat(file(disk, "tile/0/000").bytes).isEqualTo(file(whole, "tile/0/000").bytes);
  }

  @Test
  void damagedEntriesAreNotGivenOut() {
    FaultDisk disk = flipped(disk(600, true), "entries/001", 8 * 10_000 + 1);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      assertThatThrownBy(() -> ledger.forEach(0, 600, (index, entry) -> {}))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("entries/001")
          .extracting("code")
          .isEqualTo("ledger.damaged");
    }
  }

  /** Nothing tells of the entries: what is whole up to the cut comes back. */
  @Test
  void aCutAnywhereLeavesAPrefix() {
    FaultDisk whole = disk(5, false);
    whole.root.names.remove("acknowledged");
    byte[] bytes = file(whole, "entries/000").bytes;
    List<Integer> ends =
        new ArrayList<>(
            EntriesFile.parse("", 0, bytes).groups().stream().map(Frames.Group::end).toList());
    for (int cut = 0; cut < bytes.length; cut++) {
      FaultDisk disk = whole.copy();
      file(disk, "entries/000").bytes = Arrays.copyOf(bytes, cut);
      int at = cut;
      try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
        int expected = (int) ends.stream().filter(end -> end <= at).count();
        assertThat(ledger.size()).isEqualTo(groupsToEntries(bytes, expected));
        ledger.forEach(
            0,
            ledger.size(),
            (index, entry) -> assertThat(entry.required("number")).isEqualTo(Long.toString(index)));
        assertThat(ledger.append(LedgerTest.note(9)).index()).isEqualTo(ledger.size() - 1);
      }
    }
  }

  private static long groupsToEntries(byte[] bytes, int groups) {
    return groups == 0 ? 0 : EntriesFile.parse("", 0, bytes).groups().get(groups - 1).size();
  }

  /** A checkpoint, or the note of what was acknowledged, tells of them. */
  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "acknowledged"})
  void aCutOfWhatIsKnownIsAnError(String witness) {
    FaultDisk whole = disk(5, true);
    whole.root.names.remove(witness.equals("checkpoint") ? "acknowledged" : "checkpoint");
    byte[] bytes = file(whole, "entries/000").bytes;
    for (int cut = 0; cut < bytes.length; cut++) {
      FaultDisk disk = whole.copy();
      file(disk, "entries/000").bytes = Arrays.copyOf(bytes, cut);
      long left = EntriesFile.parse("", 0, Arrays.copyOf(bytes, cut)).size();
      assertThatThrownBy(() -> Ledger.open(disk.process(), TestKeys.SETTINGS).close())
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("has " + left + " entries")
          .hasMessageContaining(" 5")
          .extracting("code")
          .isEqualTo("ledger.truncated");
    }
  }

  @Test
  void aMissingFileIsAnError() {
    for (int index = 0; index < 3; index++) {
      FaultDisk disk = disk(600, true);
      if (disk.find("entries") instanceof FaultDisk.FolderNode folder) {
        folder.names.remove("00" + index);
      }
      int missing = index;
      try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
        // The first is not read on opening.
        assertThat(missing).isZero();
        assertThatThrownBy(() -> ledger.entry(0)).hasMessageContaining("entries/000");
      } catch (LedgerException e) {
        assertThat(e.code()).isIn("ledger.damaged", "ledger.truncated");
      }
    }
  }
}
