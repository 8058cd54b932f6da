package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A log in the layout of C2SP tlog-tiles, of whatever bytes a test wants. */
final class TestExport {

  private TestExport() {}

  static void write(Path folder, List<byte[]> entries, List<NoteSigner> signers)
      throws IOException {
    HashSource hashes = tree(entries);
    Checkpoint checkpoint =
        new Checkpoint(TestLedger.ORIGIN, entries.size(), MerkleRoot.of(entries.size(), hashes));
    write(folder, "checkpoint", new SignedNote(checkpoint.text()).signedBy(signers).form());
    StringBuilder keys = new StringBuilder();
    signers.forEach(signer -> keys.append(signer.key().vkey()).append('\n'));
    write(folder, "vkeys", keys.toString().getBytes(StandardCharsets.UTF_8));
    for (TilePath tile : TilePath.of(entries.size())) {
      ByteArrayOutputStream stored = new ByteArrayOutputStream();
      ByteArrayOutputStream bundle = new ByteArrayOutputStream();
      for (int i = 0; i < tile.width(); i++) {
        long index = tile.index() * TilePath.WIDTH + i;
        stored.writeBytes(hashes.hash(8 * tile.level(), index));
        if (tile.level() == 0) {
          byte[] entry = entries.get((int) index);
          bundle.write(entry.length >> 8);
          bundle.write(entry.length);
          bundle.writeBytes(entry);
        }
      }
      write(folder, tile.path(), stored.toByteArray());
      if (tile.level() == 0) {
        write(folder, TilePath.entries(tile.index(), tile.width()), bundle.toByteArray());
      }
    }
  }

  static HashSource tree(List<byte[]> entries) {
    return new HashSource() {
      @Override
      public byte[] hash(int level, long index) {
        return level == 0
            ? TreeHash.leaf(entries.get((int) index))
            : TreeHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
      }
    };
  }

  private static void write(Path folder, String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
