package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads all files of a ledger and computes everything in them again from the entries. It believes
 * nothing, opens nothing that is damaged, and changes nothing. What it cannot see is a ledger that
 * somebody wrote anew from the beginning: for that, compare a checkpoint that was kept elsewhere.
 */
final class DamageSearch {

  private static final int LEVELS_PER_TILE = 8;
  private static final String OTHER_HASH =
      "a hash is not the one of the entries; it is derived and made again when it is missed";

  private final StorageFolder folder;
  private final List<Damage> found = new ArrayList<>();

  /** Roots by the size of the tree, of all sizes that a file names. */
  private final Map<Long, byte[]> roots = new TreeMap<>();

  /** The last tile of each level from 1 on, as far as it goes. */
  private final List<Frontier> rows = new ArrayList<>();

  private Frontier frontier = Frontier.EMPTY;
  private String lastFile = EntryFiles.FOLDER;
  private long lastEnd;

  private DamageSearch(StorageFolder folder) {
    this.folder = folder;
  }

  /** What is wrong with a ledger, entries first; nothing if all is as it was written. */
  static List<Damage> in(StorageFolder folder) throws IOException {
    DamageSearch search = new DamageSearch(folder);
    try {
      search.run();
    } catch (LedgerException e) {
      search.found.add(Damage.of(EntryFiles.FOLDER, 0, message(e)));
    }
    return List.copyOf(search.found);
  }

  private void run() throws IOException {
    // Before the entries: whoever appends meanwhile only makes more of them.
    Optional<SignedNote> checkpoint = checkpoint();
    Optional<Acknowledgement> acknowledged = acknowledgement();
    checkpoint.ifPresent(note -> roots.put(Checkpoint.parse(note.text()).size(), new byte[0]));
    acknowledged.ifPresent(read -> roots.put(read.size(), new byte[0]));
    roots.put(0L, frontier.root());
    long last = EntryFiles.last(folder);
    for (long index = 0; index <= last; index++) {
      if (!entries(index, index == last)) {
        break;
      }
    }
    acknowledged.ifPresent(read -> compare(Acknowledgement.NAME, read.size(), read.root()));
    checkpoint.ifPresent(note -> {
      Checkpoint signed = Checkpoint.parse(note.text());
      compare(CheckpointFile.NAME, signed.size(), signed.root());
    });
  }

  /** Checks a file of entries and its tiles; false if what follows cannot be judged. */
  private boolean entries(long index, boolean last) throws IOException {
    EntriesFile file = EntriesFile.read(folder, index);
    String tileName = new TilePath(0, index, TilePath.WIDTH).path();
    byte[] tile = folder.readAll(tileName, TilePath.WIDTH * TreeHash.BYTES + 1).orElse(new byte[0]);
    int start = 0;
    lastFile = file.name();
    lastEnd = 0;
    for (Frames.Group group : file.groups()) {
      Frontier next = frontier;
      for (byte[] entry : group.entries()) {
        next = next.plus(TreeHash.leaf(entry));
        if (roots.containsKey(next.size())) {
          roots.put(next.size(), next.root());
        }
      }
      if (!Arrays.equals(next.root(), group.root())) {
        return wrong(file, group, start, tile);
      }
      frontier = next;
      start = group.end();
      lastEnd = start;
    }
    if (file.isWhole()) {
      tiles(file, tileName, tile);
      return true;
    }
    if (!last || start < file.bytes().length && noCrashLeaves(file)) {
      found.add(
          Damage.of(
              file.name(),
              file.end(),
              file.size(),
              last ? "no commit that a crash could leave" : "no whole file, and others follow it"));
      return false;
    }
    return true;
  }

  private static boolean noCrashLeaves(EntriesFile file) {
    return file.size() == file.first() + Frames.ENTRIES_PER_FILE
        || Frames.commitsBehind(file.bytes(), file.end(), file.size()).size() > 1;
  }

  /** A commit names another root than its entries give: says which of them the tile knows not. */
  private boolean wrong(EntriesFile file, Frames.Group group, int start, byte[] tile) {
    long first = group.size() - group.entries().size();
    for (int i = 0; i < group.entries().size(); i++) {
      int at = (int) ((first + i) % TilePath.WIDTH) * TreeHash.BYTES;
      if (at + TreeHash.BYTES <= tile.length
          && !Arrays.equals(
              TreeHash.leaf(group.entries().get(i)),
              Arrays.copyOfRange(tile, at, at + TreeHash.BYTES))) {
        found.add(
            Damage.of(
                file.name(),
                group.starts().get(i),
                first + i,
                "the entry is neither the one that was committed nor the one of the tile"));
        return false;
      }
    }
    if (group.end() < file.bytes().length || group.size() % TilePath.WIDTH == 0 || isKnown(group)) {
      found.add(
          Damage.of(
              file.name(),
              start,
              first,
              "the entries to "
                  + (group.size() - 1)
                  + ", or those before them, do not give the root of their commit"));
    }
    return false;
  }

  /** Whether a file says that this group was acknowledged, so that no crash can excuse it. */
  private boolean isKnown(Frames.Group group) {
    return roots.keySet().stream().anyMatch(size -> size >= group.size());
  }

  /** Compares the tile that this file makes whole, and the hashes that it adds to those above. */
  private void tiles(EntriesFile file, String name, byte[] tile) throws IOException {
    List<byte[]> hashes = file.leafHashes();
    compareTile(name, tile, hashes);
    Frontier row = Frontier.EMPTY;
    for (byte[] hash : hashes) {
      row = row.plus(hash);
    }
    for (int level = 1; row.size() == TilePath.WIDTH; level++) {
      byte[] hash = row.root();
      if (rows.size() < level) {
        rows.add(Frontier.EMPTY);
      }
      long index = (file.size() - 1) >>> LEVELS_PER_TILE * (level + 1);
      row = rows.get(level - 1);
      compareHash(new TilePath(level, index, TilePath.WIDTH).path(), row.size(), hash);
      row = row.plus(hash);
      rows.set(level - 1, row.size() == TilePath.WIDTH ? Frontier.EMPTY : row);
    }
  }

  private void compareHash(String name, long position, byte[] hash) throws IOException {
    Optional<StorageFile> opened = folder.openExisting(name);
    if (opened.isPresent()) {
      try (StorageFile tile = opened.get()) {
        byte[] stored = tile.read(position * TreeHash.BYTES, TreeHash.BYTES);
        if (stored.length == TreeHash.BYTES && !Arrays.equals(stored, hash)) {
          found.add(Damage.of(name, position * TreeHash.BYTES, OTHER_HASH));
        }
      }
    }
  }

  private void compareTile(String name, byte[] tile, List<byte[]> hashes) {
    for (int i = 0; i < hashes.size(); i++) {
      int at = i * TreeHash.BYTES;
      if (at + TreeHash.BYTES > tile.length) {
        break; // Not there, or not all: it is made again.
      }
      if (!Arrays.equals(hashes.get(i), Arrays.copyOfRange(tile, at, at + TreeHash.BYTES))) {
        found.add(Damage.of(name, at, OTHER_HASH));
        return;
      }
    }
    if (tile.length > hashes.size() * TreeHash.BYTES) {
      found.add(
          Damage.of(name, hashes.size() * TreeHash.BYTES, "there are more hashes than entries"));
    }
  }

  private void compare(String name, long size, byte[] root) {
    byte[] computed = roots.getOrDefault(size, new byte[0]);
    if (size > frontier.size()) {
      if (found.stream().noneMatch(damage -> damage.entry().isPresent())) {
        found.add(
            Damage.of(
                lastFile,
                lastEnd,
                frontier.size(),
                name + " is of " + size + " entries, there are " + frontier.size()));
      }
    } else if (!Arrays.equals(computed, root)) {
      found.add(
          Damage.of(name, 0, "it names another root than the first " + size + " entries give"));
    }
  }

  private Optional<Acknowledgement> acknowledgement() throws IOException {
    Optional<Acknowledgement> read = Acknowledgement.read(folder);
    if (read.isEmpty() && folder.openExisting(Acknowledgement.NAME).isPresent()) {
      found.add(
          Damage.of(
              Acknowledgement.NAME,
              0,
              "it is not as it was written; a loss of power may have done that, and the next"
                  + " append writes it again"));
    }
    return read;
  }

  private Optional<SignedNote> checkpoint() throws IOException {
    List<VerifierKey> keys = new ArrayList<>();
    try {
      for (String key : CheckpointFile.keys(folder)) {
        keys.add(VerifierKey.parse(key));
      }
    } catch (LedgerException e) {
      found.add(Damage.of(CheckpointFile.KEYS, 0, message(e)));
    }
    try {
      Optional<SignedNote> note = CheckpointFile.read(folder);
      if (note.isPresent() && note.get().verifiedBy(keys).size() < note.get().signatures().size()) {
        found.add(Damage.of(CheckpointFile.NAME, 0, "a signature is by none of the keys of vkeys"));
      }
      return note;
    } catch (LedgerException e) {
      found.add(Damage.of(CheckpointFile.NAME, 0, message(e)));
      return Optional.empty();
    }
  }

  private static String message(LedgerException e) {
    return e.code() + ": " + e.getMessage();
  }
}
