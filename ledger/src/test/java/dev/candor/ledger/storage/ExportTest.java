package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {

  @TempDir Path target;

  /** The worked example of C2SP tlog-tiles. */
  @Test
  void seventyThousandEntries() throws IOException {
    FaultDisk disk = CrashScenario.prepared(70_000);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      ledger.export(target);
      assertThat(files("tile/0")).hasSize(274).contains("000", "272", "273.p/112");
      assertThat(files("tile/1")).containsExactly("000", "001.p/17");
      assertThat(files("tile/2")).containsExactly("000.p/1");
      assertThat(files("tile/entries")).hasSize(274).contains("000", "272", "273.p/112");
      assertThat(files(""))
          .filteredOn(name -> !name.startsWith("tile/"))
          .containsExactly("checkpoint", "vkeys");
      assertThat(Files.size(target.resolve("tile/0/000"))).isEqualTo(8_192);
      assertThat(Files.size(target.resolve("tile/0/273.p/112"))).isEqualTo(112 * 32);
      SignedNote note = SignedNote.parse(Files.readAllBytes(target.resolve("checkpoint")));
      List<VerifierKey> keys =
          Files.readAllLines(target.resolve("vkeys")).stream().map(VerifierKey::parse).toList();
      assertThat(keys)
          .containsExactlyElementsOf(TestKeys.SIGNERS.stream().map(NoteSigner::key).toList());
      assertThat(note.verifiedBy(keys)).hasSize(2);
      assertThat(Checkpoint.parse(note.text()).size()).isEqualTo(70_000);
      assertRootOfEntries(70_000, Checkpoint.parse(note.text()).root());
      assertTilesOfEntries();

      // Later: whole tiles stay, partial ones of the old size may stay beside the new ones.
      List<String> before = files("");
      for (int i = 0; i < 150; i++) {
        ledger.append(LedgerTest.note(i));
      }
      ledger.export(target);
      assertThat(files(""))
          .containsAll(before)
          .contains("tile/0/273", "tile/0/274.p/6", "tile/1/001.p/18", "tile/2/000.p/1");
      SignedNote later = SignedNote.parse(Files.readAllBytes(target.resolve("checkpoint")));
      assertRootOfEntries(70_150, Checkpoint.parse(later.text()).root());
    }
  }

  /** A folder of its own for every thousand tiles. */
  @Test
  void moreThanAThousandTiles() throws IOException {
    FaultDisk disk = CrashScenario.prepared(256_300);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      ledger.export(target);
      assertThat(files("tile/0")).contains("999", "x001/000", "x001/001.p/44");
      assertThat(files("tile/1")).containsExactly("000", "001", "002", "003.p/233");
      assertThat(files("tile/2")).containsExactly("000.p/3");
      assertTilesOfEntries();
    }
  }

  @Test
  void refusesTheExportOfAnother() throws IOException {
    try (Ledger one = Ledger.open(CrashScenario.prepared(5).process(), TestKeys.SETTINGS);
        Ledger other = Ledger.open(CrashScenario.prepared(4).process(), TestKeys.SETTINGS)) {
      other.append(LedgerTest.note(7));
      one.export(target);
      one.export(target);
      assertThatThrownBy(() -> other.export(target))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining(".p/5")
          .extracting("code")
          .isEqualTo("ledger.export-differs");
      one.append(LedgerTest.note(6));
      one.export(target);
      assertThatThrownBy(() -> other.export(target)).isInstanceOf(LedgerException.class);
    }
  }

  @Test
  void aViewExportsItsCheckpoint(@TempDir Path home) throws IOException {
    try (Ledger ledger = Ledger.open(home, TestKeys.SETTINGS)) {
      ledger.append(LedgerTest.note(0));
      try (Ledger early = Ledger.view(home)) {
        assertThatThrownBy(() -> early.export(target))
            .isInstanceOf(LedgerException.class)
            .extracting("code")
            .isEqualTo("ledger.no-checkpoint");
        ledger.append(LedgerTest.note(1));
        ledger.checkpoint();
        ledger.append(LedgerTest.note(2));
        // The checkpoint is of more than the view had seen.
        early.export(target);
        assertThat(files("tile/entries")).containsExactly("000.p/2");
      }
    }
  }

  private List<String> files(String folder) throws IOException {
    Path root = target.resolve(folder);
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** The entries in the order of the log, from bundles that are whole or have the last width. */
  private List<byte[]> entries(long size) throws IOException {
    List<byte[]> entries = new ArrayList<>();
    for (long bundle = 0; bundle * 256 < size; bundle++) {
      int width = (int) Math.min(256, size - bundle * 256);
      String name = TilePath.entries(bundle, width);
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(target.resolve(name)));
      while (bytes.hasRemaining()) {
        byte[] entry = new byte[bytes.getShort() & 0xFFFF];
        bytes.get(entry);
        entries.add(entry);
      }
    }
    return entries;
  }

  private void assertRootOfEntries(long size, byte[] root) throws IOException {
    List<byte[]> entries = entries(size);
    assertThat(entries).hasSize((int) size);
    assertThat(Entry.parse(entries.get(69_999)).required("number")).isEqualTo("69999");
    Frontier frontier = Frontier.EMPTY;
    for (byte[] entry : entries) {
      frontier = frontier.plus(TreeHash.leaf(entry));
    }
    assertThat(frontier.root()).isEqualTo(root);
  }

  /**
   * Each hash of the first and the last tile of each level above 0 is the root of the one below.
   */
  private void assertTilesOfEntries() throws IOException {
    for (int level = 1; level <= 2; level++) {
      byte[] above =
          Files.readAllBytes(
              target.resolve("tile/" + level + "/" + files("tile/" + level).getFirst()));
      byte[] below = Files.readAllBytes(target.resolve("tile/" + (level - 1) + "/000"));
      List<byte[]> hashes = new ArrayList<>();
      for (int at = 0; at < below.length; at += 32) {
        hashes.add(Arrays.copyOfRange(below, at, at + 32));
      }
      assertThat(MerkleRoot.of(hashes.size(), (height, index) -> root(hashes, height, (int) index)))
          .isEqualTo(Arrays.copyOf(above, 32));
    }
  }

  private static byte[] root(List<byte[]> hashes, int height, int index) {
    return height == 0
        ? hashes.get(index)
        : TreeHash.node(
            root(hashes, height - 1, 2 * index), root(hashes, height - 1, 2 * index + 1));
  }
}
