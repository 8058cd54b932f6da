package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a tile of hashes is, by C2SP tlog-tiles: {@code tile/<level>/<index>[.p/<width>]}. A tile
 * holds the hashes of up to 256 subtrees of 256^level leaves each, 32 bytes each, in their order;
 * only the last tile of a level may be partial. A bundle of entries stands for the same leaves as
 * the tile of level 0 with its index.
 *
 * @param level 0 to 63: hashes of leaves at 0
 * @param index its place within the level, from 0
 * @param width how many hashes it holds, 1 to 256
 */
public record TilePath(int level, long index, int width) {

  /** Hashes of a whole tile, entries of a whole bundle. */
  public static final int WIDTH = 256;

  private static final int MOST_LEVEL = 63;

  /**
   * @throws LedgerException {@code ledger.tree-range} if a part is not within its limits
   */
  public TilePath {
    require("the level of a tile", level, 0, MOST_LEVEL);
    require("the index of a tile", index, 0, Long.MAX_VALUE);
    require("the width of a tile", width, 1, WIDTH);
  }

  /** Such as {@code tile/0/x001/234.p/112}: names separated by slashes, no slash in front. */
  public String path() {
    return "tile/" + level + "/" + place(index, width);
  }

  /**
   * Where a bundle of entries is, such as {@code tile/entries/x001/234.p/112}.
   *
   * @param bundle its place, from 0: it begins with the entry bundle · 256
   * @param width how many entries it holds, 1 to 256
   * @throws LedgerException {@code ledger.tree-range} if a part is not within its limits
   */
  public static String entries(long bundle, int width) {
    require("the index of a bundle", bundle, 0, Long.MAX_VALUE);
    require("the width of a bundle", width, 1, WIDTH);
    return "tile/entries/" + place(bundle, width);
  }

  /**
   * All tiles of a tree, level by level, each in its order. A tree of 256 leaves has a whole tile
   * at level 0 and one of width 1 at level 1.
   *
   * @param size leaves of the tree, at most 2^31: a list of them has to fit into memory
   * @throws LedgerException {@code ledger.tree-range} if the size is negative or larger
   */
  public static List<TilePath> of(long size) {
    require("the size of the tree", size, 0, 1L << 31);
    List<TilePath> tiles = new ArrayList<>();
    int level = 0;
    for (long hashes = size; hashes > 0; hashes /= WIDTH) {
      for (long index = 0; index * WIDTH < hashes; index++) {
        tiles.add(new TilePath(level, index, (int) Math.min(WIDTH, hashes - index * WIDTH)));
      }
      level++;
    }
    return tiles;
  }

  private static String place(long index, int width) {
    String digits = Long.toString(index);
    digits = "0".repeat((3 - digits.length() % 3) % 3) + digits;
    StringBuilder place = new StringBuilder();
    for (int at = 0; at < digits.length() - 3; at += 3) {
      place.append('x').append(digits, at, at + 3).append('/');
    }
    place.append(digits, digits.length() - 3, digits.length());
    return width == WIDTH ? place.toString() : place + ".p/" + width;
  }

  private static void require(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw Subtree.outside(field, value, least, most);
    }
  }

  @Override
  public String toString() {
    return path();
  }
}
