package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The ledger as C2SP tlog-tiles serves it: {@code checkpoint}, {@code tile/<level>/<index>} and
 * {@code tile/entries/<index>}, the last ones partial, for exactly the size of the checkpoint; and
 * {@code vkeys}, the keys that signed, one a line.
 */
final class TiledExport {

  private final Path target;

  private TiledExport(Path target) {
    this.target = target;
  }

  /**
   * Writes into a folder that is empty, not there, or an earlier export of the same ledger. What is
   * there already stays; the checkpoint comes last.
   *
   * @param bytes of an entry, by its index
   * @throws LedgerException {@code ledger.export-differs} if the folder has an export of another
   *     ledger, or of a later size
   */
  static void write(
      Path target,
      SignedNote note,
      List<String> keys,
      HashSource hashes,
      LongFunction<byte[]> bytes)
      throws IOException {
    new TiledExport(target).write(note, keys, hashes, bytes);
  }

  private void write(
      SignedNote note, List<String> keys, HashSource hashes, LongFunction<byte[]> bytes)
      throws IOException {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    Files.createDirectories(target);
    requireEarlier(checkpoint);
    for (TilePath tile : TilePath.of(checkpoint.size())) {
      long first = tile.index() * TilePath.WIDTH;
      ByteBuffer content = ByteBuffer.allocate(tile.width() * TreeHash.BYTES);
      for (int i = 0; i < tile.width(); i++) {
        content.put(hashes.hash(8 * tile.level(), first + i));
      }
      put(tile.path(), content.array());
      if (tile.level() == 0) {
        put(TilePath.entries(tile.index(), tile.width()), bundle(first, tile.width(), bytes));
      }
    }
    replace(CheckpointFile.KEYS, (String.join("\n", keys) + "\n").getBytes(StandardCharsets.UTF_8));
    replace(CheckpointFile.NAME, note.form());
  }

  private static byte[] bundle(long first, int width, LongFunction<byte[]> bytes) {
    List<byte[]> entries = new ArrayList<>();
    int length = 0;
    for (int i = 0; i < width; i++) {
      byte[] entry = bytes.apply(first + i);
      entries.add(entry);
      length += Short.BYTES + entry.length;
    }
    ByteBuffer bundle = ByteBuffer.allocate(length);
    for (byte[] entry : entries) {
      bundle.putShort((short) entry.length).put(entry);
    }
    return bundle.array();
  }

  private void requireEarlier(Checkpoint checkpoint) throws IOException {
    Path before = target.resolve(CheckpointFile.NAME);
    if (Files.exists(before)) {
      Checkpoint earlier = Checkpoint.parse(SignedNote.parse(Files.readAllBytes(before)).text());
      if (!earlier.origin().equals(checkpoint.origin()) || earlier.size() > checkpoint.size()) {
        throw differs("checkpoint is of " + earlier.origin() + " with " + earlier.size());
      }
    }
  }

  /** A file that never changes: it is there as it should be, or it is made. */
  private void put(String name, byte[] content) throws IOException {
    Path file = target.resolve(name);
    if (Files.exists(file)) {
      if (!Arrays.equals(Files.readAllBytes(file), content)) {
        throw differs(name + " has other bytes");
      }
      return;
    }
    replace(name, content);
  }

  private void replace(String name, byte[] content) throws IOException {
    Path file = target.resolve(name);
    Path beside = target.resolve(name + ".new");
    Files.createDirectories(file.getParent());
    Files.write(beside, content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private LedgerException differs(String how) {
    return new LedgerException(
        "export-differs",
        target + " already has an export that this one does not follow: its " + how,
        "Export into an empty folder, and find out why the two differ.");
  }
}
