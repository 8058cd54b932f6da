package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A log in the layout of C2SP tlog-tiles: its entries against its tiles, and the root of all
 * against the checkpoint. Where an entry and the tile of level 0 disagree, the tile of level 1 and
 * the checkpoint say which of the two is right.
 */
final class ExportCheck {

  private static final int MOST_BUNDLE_BYTES = Block.WIDTH * (2 + 65_535);

  private final Verification verification;
  private final long size;

  /**
   * @param size of the checkpoint: how many entries there must be
   */
  ExportCheck(Verification verification, long size) {
    this.verification = verification;
    this.size = size;
  }

  void run() {
    for (long index = 0; index * Block.WIDTH < size; index++) {
      block(index, (int) Math.min(Block.WIDTH, size - index * Block.WIDTH));
    }
    for (int level = 1; size >>> (8 * level) > 0 && level < 7; level++) {
      long hashes = size >>> (8 * level);
      for (long index = 0; index * Block.WIDTH < hashes; index++) {
        tileAbove(level, index, (int) Math.min(Block.WIDTH, hashes - index * Block.WIDTH));
      }
    }
  }

  private void block(long index, int width) {
    String bundleName = TilePath.entries(index, width);
    String tileName = new TilePath(0, index, width).path();
    long first = index * Block.WIDTH;
    Optional<byte[]> bundle = verification.read(bundleName, MOST_BUNDLE_BYTES + 1);
    Optional<byte[]> tile = verification.read(tileName, Block.WIDTH * TreeHash.BYTES + 1);
    missing(bundleName, bundle, first, width);
    missing(tileName, tile, first, width);
    List<Stored> entries = entries(bundle.orElse(new byte[0]), width);
    Block ofEntries =
        new Block(entries.stream().map(entry -> TreeHash.leaf(entry.bytes())).toList());
    boolean entriesWhole = entries.size() == width && end(entries) == length(bundle);
    Optional<Block> ofTile =
        tile.filter(bytes -> bytes.length == width * TreeHash.BYTES).map(Block::ofTile);
    if (bundle.isPresent() && !entriesWhole) {
      malformedBundle(bundleName, entries, width, first);
    }
    if (tile.isPresent() && ofTile.isEmpty()) {
      verification.findings.add(
          Finding.wrong(
                  "tile-altered",
                  "the tile has " + tile.get().length + " bytes, not 32 for each of " + width)
              .in(tileName));
    }
    Block truth = truth(index, ofEntries, entriesWhole, ofTile);
    int right = look(bundleName, entries, ofEntries, truth, first);
    if (entriesWhole && ofTile.isPresent()) {
      compare(bundleName, entries, tileName, ofTile.get(), truth, right, first);
    }
    if (truth.size() == width) {
      verification.accept(truth);
    } else {
      verification.goBlind(first + truth.size());
    }
  }

  /** Which of the two is right, as far as a third says. */
  private Block truth(long index, Block entries, boolean entriesWhole, Optional<Block> tile) {
    if (tile.isEmpty()) {
      return entriesWhole ? entries : entries.first(0);
    }
    if (!entriesWhole) {
      return tile.get();
    }
    if (entries.isWhole()) {
      return above(index).filter(hash -> Arrays.equals(hash, entries.hash(8, 0))).isPresent()
          ? entries
          : tile.get();
    }
    boolean byRoot =
        !verification.isBlind()
            && verification.expectations().stream()
                .anyMatch(it ->
                    it.size() == size
                        && Arrays.equals(
                            it.root(), verification.blocks.root(entries, entries.size())));
    return byRoot ? entries : tile.get();
  }

  private Optional<byte[]> above(long index) {
    long tile = index / Block.WIDTH;
    int place = (int) (index % Block.WIDTH);
    int width = (int) Math.min(Block.WIDTH, (size >>> 8) - tile * Block.WIDTH);
    return verification
        .read(new TilePath(1, tile, width).path(), Block.WIDTH * TreeHash.BYTES)
        .filter(bytes -> bytes.length >= (place + 1) * TreeHash.BYTES)
        .map(bytes ->
            Arrays.copyOfRange(bytes, place * TreeHash.BYTES, (place + 1) * TreeHash.BYTES));
  }

  /** Applies the rules to the entries that are right, up to the first that is not. */
  private int look(String name, List<Stored> entries, Block ofEntries, Block truth, long first) {
    int right = ofEntries.differsAt(truth);
    for (int i = 0; i < right; i++) {
      verification.look(first + i, entries.get(i), name);
    }
    if (right < entries.size()) {
      verification.endRules(first + right);
    }
    return right;
  }

  private void compare(
      String bundleName,
      List<Stored> entries,
      String tileName,
      Block tile,
      Block truth,
      int right,
      long first) {
    int altered = tile.differsAt(truth);
    if (altered < truth.size()) {
      verification.findings.add(
          Finding.wrong("tile-altered", "the tile has another hash than its entry gives")
              .of(first + altered, first + altered)
              .in(tileName, (long) altered * TreeHash.BYTES));
    }
    for (int i = right; i < truth.size(); i++) {
      Stored entry = entries.get(i);
      if (!Arrays.equals(TreeHash.leaf(entry.bytes()), truth.leaf(i))) {
        verification.findings.add(
            Finding.wrong("entry-altered", "the entry is not the one that was logged")
                .of(first + i, first + i)
                .in(bundleName, entry.start()));
      }
    }
  }

  private void malformedBundle(String name, List<Stored> entries, int width, long first) {
    verification.findings.add(
        Finding.wrong(
                "bundle-malformed",
                entries.size() == width
                    ? "there is something behind the last entry"
                    : "the length of an entry leads beyond the end, or entries are missing")
            .of(first + Math.min(entries.size(), width - 1), first + width - 1)
            .in(name, end(entries)));
  }

  private void missing(String name, Optional<byte[]> content, long first, int width) {
    if (content.isEmpty()) {
      verification.findings.add(
          Finding.wrong("file-missing", "the checkpoint is of entries that this file is for")
              .of(first, first + width - 1)
              .in(name));
    }
  }

  private void tileAbove(int level, long index, int width) {
    String name = new TilePath(level, index, width).path();
    Optional<byte[]> stored = verification.read(name, Block.WIDTH * TreeHash.BYTES + 1);
    long leaves = 1L << (8 * level);
    if (stored.isEmpty()) {
      long from = index * Block.WIDTH * leaves;
      verification.findings.add(
          Finding.wrong("file-missing", "the checkpoint is of entries that this file is for")
              .of(from, from + width * leaves - 1)
              .in(name));
      return;
    }
    byte[] right = new byte[width * TreeHash.BYTES];
    for (int i = 0; i < width; i++) {
      long at = index * Block.WIDTH + i;
      if (at >= verification.blocks.count(8 * level)) {
        return; // Something before is missing, and has been reported.
      }
      System.arraycopy(
          verification.blocks.hash(8 * level, at), 0, right, i * TreeHash.BYTES, TreeHash.BYTES);
    }
    int at = Arrays.mismatch(right, stored.get());
    if (at >= 0 && !verification.isBlind()) {
      verification.findings.add(
          Finding.wrong("tile-altered", "the tile has another hash than the entries give")
              .in(name, at - at % TreeHash.BYTES));
    }
  }

  /** Entries as they follow each other: a big-endian uint16 of the length, and the bytes. */
  private static List<Stored> entries(byte[] bundle, int width) {
    List<Stored> entries = new ArrayList<>();
    for (int at = 0; at + 2 <= bundle.length && entries.size() < width; ) {
      int length = (bundle[at] & 0xFF) << 8 | (bundle[at + 1] & 0xFF);
      if (length > bundle.length - at - 2) {
        break;
      }
      entries.add(new Stored(at + 2, Arrays.copyOfRange(bundle, at + 2, at + 2 + length)));
      at += 2 + length;
    }
    return entries;
  }

  private static int end(List<Stored> entries) {
    return entries.isEmpty() ? 0 : entries.getLast().start() + entries.getLast().bytes().length;
  }

  private static int length(Optional<byte[]> bytes) {
    return bytes.map(all -> all.length).orElse(0);
  }
}
