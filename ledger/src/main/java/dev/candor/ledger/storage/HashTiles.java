package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tree of the ledger. Its whole tiles are files {@code tile/<level>/<index>} as C2SP tlog-tiles
 * has them, those of level 1 and above growing by a hash of 32 bytes; the last tile of each level
 * is in memory as well. All of this is derived from the entries: no tile is forced, none is
 * believed. A tile counts only if its root is the hash that the tile above has of it, and the last
 * ones only if they give the root that a commit names; otherwise it is made again.
 *
 * <p>Safe for use by several threads.
 */
final class HashTiles implements HashSource {

  static final String FOLDER = "tile";

  private static final int WIDTH = TilePath.WIDTH;
  private static final int LEVELS_PER_TILE = 8;
  private static final int TILE_BYTES = WIDTH * TreeHash.BYTES;

  /** Tiles kept in memory: half a megabyte. */
  private static final int MOST_CACHED = 64;

  /** Names of tiles made again that are kept for whoever asks. */
  private static final int MOST_NOTED = 1_000;

  private final StorageFolder folder;
  private final boolean writes;
  private final Map<String, List<byte[]>> cache = new LinkedHashMap<>();
  private final Set<String> rebuilt = new TreeSet<>();

  /** The hashes of the last tile of each level, level 0 being those of the last entries file. */
  private final List<List<byte[]>> last = new ArrayList<>();

  private Frontier frontier = Frontier.EMPTY;

  /**
   * An empty tree.
   *
   * @param writes whether tiles may be written; if not, what is missing is made anew each time
   */
  HashTiles(StorageFolder folder, boolean writes) {
    this.folder = folder;
    this.writes = writes;
  }

  /**
   * Reads the last tiles of a tree.
   *
   * @param files how many whole entries files it has; others come by {@link #add}
   * @throws LedgerException {@code ledger.damaged} if the entries themselves do not give the roots
   *     that their commits name
   */
  static HashTiles load(StorageFolder folder, boolean writes, long files) throws IOException {
    if (files == 0) {
      return new HashTiles(folder, writes);
    }
    // Most often all is there, or only what was written shortly before the power went is not.
    for (long from : new long[] {files, files - 1, files - files % WIDTH}) {
      HashTiles tiles = new HashTiles(folder, writes);
      if (from == 0
          || tiles.readLast(from)
              && Arrays.equals(tiles.frontier.root(), EntriesFile.lastRoot(folder, from - 1))) {
        tiles.rebuild(from, files);
        return tiles;
      }
    }
    HashTiles tiles = new HashTiles(folder, writes);
    tiles.rebuild(0, files);
    return tiles;
  }

  /** What had to be made again, by the names of the files; the first thousand. */
  List<String> rebuilt() {
    synchronized (this) {
      return List.copyOf(rebuilt);
    }
  }

  /** The tree as it is. */
  Frontier frontier() {
    synchronized (this) {
      return frontier;
    }
  }

  /** Takes in more leaves; their hashes are of entries that are durable. */
  void add(List<byte[]> leafHashes) {
    synchronized (this) {
      for (byte[] hash : leafHashes) {
        frontier = frontier.plus(hash);
        push(0, hash);
      }
    }
  }

  @Override
  public byte[] hash(int level, long index) {
    synchronized (this) {
      if (level < 0 || level > 62 || index < 0 || index >= frontier.size() >>> level) {
        throw new LedgerException(
            "tree-range",
            "there is no hash " + index + " at level " + level + " of a tree of " + frontier.size(),
            "Ask for what the tree has.");
      }
      int tileLevel = level / LEVELS_PER_TILE;
      int within = level % LEVELS_PER_TILE;
      long first = index << within;
      long tile = first / WIDTH;
      int from = (int) (first % WIDTH);
      int count = 1 << within;
      long hashes = frontier.size() >>> (LEVELS_PER_TILE * tileLevel);
      if (tile == hashes / WIDTH) {
        return root(last.get(tileLevel).subList(from, from + count));
      }
      return root(tile(tileLevel, tile).subList(from, from + count));
    }
  }

  /** The hashes of a whole tile; checked. */
  private List<byte[]> tile(int level, long index) {
    String name = new TilePath(level, index, WIDTH).path();
    List<byte[]> cached = cache.get(name);
    if (cached != null) {
      return cached;
    }
    byte[] expected = hash(LEVELS_PER_TILE * (level + 1), index);
    try {
      byte[] stored = folder.readAll(name, TILE_BYTES + 1).orElse(new byte[0]);
      List<byte[]> tile = split(stored);
      if (stored.length != TILE_BYTES || !Arrays.equals(root(tile), expected)) {
        tile = derive(level, index);
        if (!Arrays.equals(root(tile), expected)) {
          throw EntriesFile.damaged(
              EntryFiles.name(index << LEVELS_PER_TILE * level),
              level == 0
                  ? "does not give the hash that the tree has of it"
                  : "or a file after it does not give the hash that the tree has of them");
        }
        noteRebuilt(name);
        store(name, 0, join(tile));
      }
      cache.put(name, tile);
      if (cache.size() > MOST_CACHED) {
        cache.remove(cache.keySet().iterator().next());
      }
      return tile;
    } catch (IOException e) {
      throw StorageFailure.of("reading " + name, folder, e);
    }
  }

  /** The hashes of a whole tile, from the entries. */
  private List<byte[]> derive(int level, long index) throws IOException {
    if (level == 0) {
      return EntriesFile.whole(folder, index).leafHashes();
    }
    List<byte[]> hashes = new ArrayList<>();
    for (long i = index * WIDTH; i < (index + 1) * WIDTH; i++) {
      hashes.add(root(derive(level - 1, i)));
    }
    return hashes;
  }

  /** Reads the last tiles of all levels; false if one is not there. */
  private boolean readLast(long files) throws IOException {
    last.add(new ArrayList<>());
    List<List<byte[]>> above = new ArrayList<>();
    for (long hashes = files; hashes > 0; hashes /= WIDTH) {
      int level = above.size() + 1;
      int width = (int) (hashes % WIDTH);
      String name = new TilePath(level, hashes / WIDTH, WIDTH).path();
      byte[] bytes =
          width == 0
              ? new byte[0]
              : folder.readAll(name, width * TreeHash.BYTES).orElse(new byte[0]);
      if (bytes.length < width * TreeHash.BYTES) {
        return false;
      }
      above.add(split(bytes));
    }
    last.addAll(above);
    for (int level = above.size(); level > 0; level--) {
      for (byte[] hash : last.get(level)) {
        frontier = frontier.plus(LEVELS_PER_TILE * level, hash);
      }
    }
    return true;
  }

  /** Reads entries files, checks the roots of their commits, and takes them in. */
  private void rebuild(long from, long to) throws IOException {
    for (long file = from; file < to; file++) {
      for (Frames.Group group : EntriesFile.whole(folder, file).groups()) {
        List<byte[]> leaves = group.entries().stream().map(TreeHash::leaf).toList();
        add(leaves);
        if (!Arrays.equals(frontier.root(), group.root())) {
          throw EntriesFile.damaged(
              EntryFiles.name(file),
              "does not give the root of its commit of " + group.size() + " entries");
        }
      }
      noteRebuilt(new TilePath(0, file, WIDTH).path());
    }
  }

  private void noteRebuilt(String name) {
    if (rebuilt.size() < MOST_NOTED) {
      rebuilt.add(name);
    }
  }

  private void push(int level, byte[] hash) {
    if (level == last.size()) {
      last.add(new ArrayList<>());
    }
    List<byte[]> hashes = last.get(level);
    hashes.add(hash);
    long index = (frontier.size() - 1) >>> (LEVELS_PER_TILE * (level + 1));
    String name = new TilePath(level, index, WIDTH).path();
    if (level > 0) {
      store(name, (hashes.size() - 1L) * TreeHash.BYTES, hash);
    }
    if (hashes.size() == WIDTH) {
      if (level == 0) {
        store(name, 0, join(hashes));
      }
      byte[] root = root(hashes);
      hashes.clear();
      push(level + 1, root);
    }
  }

  /** A tile that cannot be stored is made again when it is missed. */
  private void store(String name, long position, byte[] bytes) {
    if (!writes) {
      return;
    }
    try {
      for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
        folder.createFolder(name.substring(0, slash));
      }
      try (StorageFile file = folder.open(name)) {
        file.write(position, bytes);
      }
    } catch (IOException e) {
      return;
    }
  }

  private static List<byte[]> split(byte[] bytes) {
    List<byte[]> hashes = new ArrayList<>();
    for (int at = 0; at + TreeHash.BYTES <= bytes.length; at += TreeHash.BYTES) {
      hashes.add(Arrays.copyOfRange(bytes, at, at + TreeHash.BYTES));
    }
    return hashes;
  }

  private static byte[] join(List<byte[]> hashes) {
    byte[] bytes = new byte[hashes.size() * TreeHash.BYTES];
    for (int i = 0; i < hashes.size(); i++) {
      System.arraycopy(hashes.get(i), 0, bytes, i * TreeHash.BYTES, TreeHash.BYTES);
    }
    return bytes;
  }

  /** The root over a power of two of hashes. */
  private static byte[] root(List<byte[]> hashes) {
    List<byte[]> level = hashes;
    while (level.size() > 1) {
      List<byte[]> above = new ArrayList<>(level.size() / 2);
      for (int i = 0; i < level.size(); i += 2) {
        above.add(TreeHash.node(level.get(i), level.get(i + 1)));
      }
      level = above;
    }
    return level.getFirst().clone();
  }
}
