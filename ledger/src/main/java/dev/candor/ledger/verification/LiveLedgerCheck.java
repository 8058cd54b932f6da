package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files {@code entries/…} of a live ledger against the roots of their commits. Where they do
 * not agree, the tiles beside them serve as witnesses: what they say counts if a root confirms it,
 * and then it names the very entry that was altered.
 */
final class LiveLedgerCheck {

  private static final int TILE_BYTES = Block.WIDTH * TreeHash.BYTES;

  private final Verification verification;

  LiveLedgerCheck(Verification verification) {
    this.verification = verification;
  }

  void run() {
    NavigableSet<Long> files = list();
    long last = files.isEmpty() ? -1 : files.last();
    for (long index = 0; index <= last; index++) {
      String name = name(index);
      if (!files.contains(index)) {
        verification.findings.add(
            Finding.wrong("file-missing", "the file is missing, and there are files after it")
                .of(index * Block.WIDTH, index * Block.WIDTH + Block.WIDTH - 1)
                .in(name));
      }
      byte[] bytes = verification.read(name, LiveFile.MOST_BYTES + 1).orElse(new byte[0]);
      check(index, name, LiveFile.parse(index * Block.WIDTH, bytes), index == last);
    }
    tilesAbove();
  }

  private void check(long index, String name, LiveFile file, boolean last) {
    Block block = file.block();
    if (verification.isBlind()) {
      unproven(name, file, block);
      return;
    }
    Optional<LiveFile.Commit> lastRight =
        file.commits().stream().filter(commit -> holds(commit, block)).reduce((a, b) -> b);
    int proven = lastRight.map(LiveFile.Commit::before).orElse(0);
    int provenEnd = lastRight.map(LiveFile.Commit::end).orElse(0);
    alteredCommits(name, file, block, proven);
    Optional<byte[]> tile = verification.read(tileName(0, index), TILE_BYTES + 1);
    if (provenEnd == file.bytes().length && (last || proven == Block.WIDTH)) {
      accept(index, name, file, block.first(proven), tile);
      return;
    }
    if (proven == Block.WIDTH) {
      verification.findings.add(
          Finding.wrong("bytes-behind", "there is something behind the commit of the last entry")
              .in(name, provenEnd));
      accept(index, name, file, block, tile);
      return;
    }
    Optional<Block> witness =
        tile.filter(bytes -> bytes.length == TILE_BYTES)
            .map(Block::ofTile)
            .filter(it -> isConfirmed(index, it, file, proven));
    if (witness.isPresent()) {
      compare(name, file, block, witness.get(), proven, provenEnd);
      for (int i = 0; i < file.entries().size(); i++) {
        if (Arrays.equals(block.leaf(i), witness.get().leaf(i))) {
          verification.look(file.first() + i, file.entries().get(i), name);
        }
      }
      verification.accept(witness.get());
    } else if (last) {
      tail(index, name, file, block, proven, provenEnd, tile);
    } else {
      lost(index, name, file, block, proven, provenEnd);
    }
  }

  private boolean holds(LiveFile.Commit commit, Block block) {
    return commit.size() == verification.blocks.size() + commit.before()
        && commit.before() <= block.size()
        && Arrays.equals(commit.root(), verification.blocks.root(block, commit.before()));
  }

  /** Commits that do not hold although a later one does: it is they who are wrong. */
  private void alteredCommits(String name, LiveFile file, Block block, int proven) {
    for (LiveFile.Commit commit : file.commits()) {
      if (commit.before() < proven && !holds(commit, block)) {
        verification.findings.add(
            Finding.wrong(
                    "commit-altered",
                    "the commit names another size or root than the entries before it have, and a"
                        + " later one is right")
                .in(name, commit.start()));
      }
    }
  }

  /** Whether some root vouches for leaves that only a tile tells of. */
  private boolean isConfirmed(long index, Block tile, LiveFile file, int proven) {
    long first = file.first();
    return Stream.concat(file.commits().stream(), file.lastOfWhole().stream())
            .anyMatch(commit -> commit.before() > proven && holds(commit, tile))
        || verification.expectations().stream()
            .anyMatch(it ->
                it.size() > first + proven
                    && it.size() <= first + Block.WIDTH
                    && Arrays.equals(
                        it.root(), verification.blocks.root(tile, (int) (it.size() - first))))
        || tileAbove(index).filter(hash -> Arrays.equals(hash, tile.hash(8, 0))).isPresent();
  }

  private Optional<byte[]> tileAbove(long index) {
    int place = (int) (index % Block.WIDTH);
    return verification
        .read(tileName(1, index / Block.WIDTH), TILE_BYTES)
        .filter(bytes -> bytes.length >= (place + 1) * TreeHash.BYTES)
        .map(bytes ->
            Arrays.copyOfRange(bytes, place * TreeHash.BYTES, (place + 1) * TreeHash.BYTES));
  }

  /** Says which entries are not those of the tile. */
  private void compare(
      String name, LiveFile file, Block block, Block truth, int proven, int provenEnd) {
    boolean entries = false;
    for (int i = proven; i < block.size(); i++) {
      if (!Arrays.equals(block.leaf(i), truth.leaf(i))) {
        entries = true;
        altered(name, file, i, i, file.entries().get(i).start());
        verification.endRules(file.first() + i);
        if (file.end() < file.bytes().length) {
          break; // What follows may be nothing but the rest of this one.
        }
      }
    }
    if (entries) {
      return;
    }
    if (block.size() < Block.WIDTH) {
      altered(name, file, block.size(), Block.WIDTH - 1, file.end());
      verification.endRules(file.first() + block.size());
      return;
    }
    int at =
        file.commits().stream()
            .filter(commit -> !holds(commit, truth))
            .mapToInt(LiveFile.Commit::start)
            .findFirst()
            .orElse(Math.max(file.end(), provenEnd));
    verification.findings.add(
        Finding.wrong("commit-altered", "no commit with the right size and root stands here")
            .in(name, at));
  }

  private void altered(String name, LiveFile file, int from, int to, int offset) {
    verification.findings.add(
        Finding.wrong(
                "entry-altered",
                from == to
                    ? "the entry is not the one that was logged"
                    : "what stands here is not the entries that were logged")
            .of(file.first() + from, file.first() + to)
            .in(name, offset));
  }

  /** What is behind the last commit that holds, in the last file, without a tile to ask. */
  private void tail(
      long index,
      String name,
      LiveFile file,
      Block block,
      int proven,
      int provenEnd,
      Optional<byte[]> tile) {
    long first = file.first();
    List<Verification.Expectation> beyond =
        verification.expectations().stream()
            .filter(it -> it.size() > first + proven && it.size() <= first + Block.WIDTH)
            .toList();
    int right =
        beyond.stream()
            .filter(it -> it.size() <= first + block.size())
            .filter(it ->
                Arrays.equals(
                    it.root(), verification.blocks.root(block, (int) (it.size() - first))))
            .mapToInt(it -> (int) (it.size() - first))
            .max()
            .orElse(proven);
    if (right > proven) {
      int at =
          file.commits().stream()
              .filter(commit -> commit.before() > proven)
              .mapToInt(LiveFile.Commit::start)
              .findFirst()
              .orElse(file.end());
      verification.findings.add(
          Finding.wrong(
                  "commit-altered",
                  "no commit with the right size and root stands here, though the entries are right")
              .in(name, at));
    } else {
      int committed =
          file.commits().stream()
              .mapToInt(LiveFile.Commit::before)
              .filter(before -> before > proven)
              .findFirst()
              .orElse(Math.min(Block.WIDTH, block.size() + 1));
      boolean more = !beyond.isEmpty() || file.sizesNamedFrom(provenEnd, first + proven).size() > 1;
      if (more) {
        altered(name, file, proven, committed - 1, provenEnd);
        verification.endRules(first + proven);
      } else {
        verification.findings.add(
            Finding.remark(
                    "torn",
                    (file.bytes().length - provenEnd)
                        + " bytes stand behind the last commit: a crash leaves that, and nothing of"
                        + " it was acknowledged")
                .in(name, provenEnd));
      }
    }
    accept(index, name, file, block.first(right), tile);
  }

  /** A file in the midst that no tile helps with. */
  private void lost(
      long index, String name, LiveFile file, Block block, int proven, int provenEnd) {
    int next =
        file.commits().stream()
            .mapToInt(LiveFile.Commit::before)
            .filter(before -> before > proven)
            .findFirst()
            .orElse(Block.WIDTH);
    altered(name, file, proven, next - 1, provenEnd);
    for (int i = 0; i < proven; i++) {
      verification.look(file.first() + i, file.entries().get(i), name);
    }
    verification.endRules(file.first() + proven);
    Optional<byte[]> hash =
        tileAbove(index)
            .filter(it ->
                file.lastOfWhole().stream()
                    .anyMatch(
                        commit -> Arrays.equals(commit.root(), verification.blocks.root(it))));
    if (hash.isPresent()) {
      verification.acceptHash(hash.get());
    } else {
      verification.accept(block.first(proven));
      verification.goBlind(file.first() + proven);
    }
  }

  /** A file behind what is unknown: only its form can be checked. */
  private void unproven(String name, LiveFile file, Block block) {
    if (file.end() < file.bytes().length) {
      verification.findings.add(
          Finding.wrong("form", "there is neither an entry nor a commit with the right size here")
              .of(file.first() + block.size(), file.first() + block.size())
              .in(name, file.end()));
    }
  }

  /** Takes in entries that are right, and compares the tile with them. */
  private void accept(long index, String name, LiveFile file, Block block, Optional<byte[]> tile) {
    for (int i = 0; i < block.size(); i++) {
      verification.look(file.first() + i, file.entries().get(i), name);
    }
    verification.accept(block);
    String tileName = tileName(0, index);
    if (!block.isWhole()) {
      if (tile.filter(bytes -> bytes.length == TILE_BYTES).isPresent()) {
        verification.findings.add(
            Finding.wrong(
                    "truncated",
                    "there is a tile of 256 entries, but only "
                        + block.size()
                        + " entries of it: the last are gone")
                .of(file.first() + block.size(), file.first() + Block.WIDTH - 1)
                .in(name, file.bytes().length));
      }
      return;
    }
    compareTile(tileName, tile, block.tile(), block.size());
  }

  private void compareTile(String name, Optional<byte[]> stored, byte[] right, int hashes) {
    if (stored.isEmpty() || stored.get().length < right.length) {
      verification.findings.add(
          Finding.remark(
                  "tile-missing",
                  "the tile does not have its "
                      + hashes
                      + " hashes; the ledger makes it again when it needs it")
              .in(name));
      return;
    }
    int at = Arrays.mismatch(right, Arrays.copyOf(stored.get(), right.length));
    if (at >= 0 || stored.get().length > TILE_BYTES) {
      verification.findings.add(
          Finding.wrong(
                  "tile-altered",
                  "the tile has another hash than the entries give; without the file the ledger"
                      + " makes it again")
              .in(name, at < 0 ? TILE_BYTES : at - at % TreeHash.BYTES));
    }
  }

  /** The tiles of whole subtrees: at each level from 1 on. */
  private void tilesAbove() {
    if (verification.isBlind()) {
      return;
    }
    for (int level = 1; verification.blocks.count(8 * level) > 0; level++) {
      long hashes = verification.blocks.count(8 * level);
      for (long index = 0; index * Block.WIDTH < hashes; index++) {
        int width = (int) Math.min(Block.WIDTH, hashes - index * Block.WIDTH);
        byte[] right = new byte[width * TreeHash.BYTES];
        for (int i = 0; i < width; i++) {
          byte[] hash = verification.blocks.hash(8 * level, index * Block.WIDTH + i);
          System.arraycopy(hash, 0, right, i * TreeHash.BYTES, TreeHash.BYTES);
        }
        String name = tileName(level, index);
        compareTile(name, verification.read(name, TILE_BYTES + 1), right, width);
      }
    }
  }

  /** The files that there are, by their index. */
  private NavigableSet<Long> list() {
    NavigableSet<Long> files = new TreeSet<>();
    Path entries = verification.folder.resolve("entries");
    if (!Files.isDirectory(entries)) {
      return files;
    }
    try (Stream<Path> walk = Files.walk(entries, 4)) {
      for (Path file : walk.filter(path -> !Files.isDirectory(path)).sorted().toList()) {
        String name = "entries/" + entries.relativize(file).toString().replace('\\', '/');
        String digits = name.replaceAll("[^0-9]", "");
        long index = digits.isEmpty() || digits.length() > 15 ? -1 : Long.parseLong(digits);
        if (index < 0 || !name(index).equals(name)) {
          verification.findings.add(
              Finding.wrong("file-unknown", "a file that the ledger did not write")
                  .in(Shown.text(name)));
        } else {
          files.add(index);
        }
      }
      return files;
    } catch (IOException e) {
      throw Verification.unreadable(entries, e);
    }
  }

  static String name(long index) {
    return TilePath.entries(index, Block.WIDTH).substring("tile/".length());
  }

  private static String tileName(int level, long index) {
    return new TilePath(level, index, Block.WIDTH).path();
  }
}
