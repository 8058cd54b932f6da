package dev.candor.ledger.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that remembers, of everything not yet forced, what may be there after a loss of
 * power instead of what was written. Bytes of a file lie in sectors of 512, each of which gets
 * through or not; the length of a file and each change of a folder get through or not by
 * themselves. A force that fails is worse than none: what it should have written stays visible, but
 * a later force does not write it, as on Linux.
 */
final class FaultDisk {

  static final int SECTOR = 512;

  /** A file or a folder. */
  sealed interface Node {}

  /** A file: what programs see, and what the disk may hold instead. */
  static final class FileNode implements Node {

    /** Contents that a sector may have instead of the visible one; the oldest first. */
    final NavigableMap<Integer, List<byte[]>> others = new TreeMap<>();

    /** Sectors that no force writes any more unless they are written to again. */
    private final NavigableMap<Integer, Boolean> stuck = new TreeMap<>();

    /** Lengths that the file may have instead of the visible one. */
    final List<Integer> otherSizes = new ArrayList<>();

    /** A derived file of many sectors: its images are few. */
    final boolean coarse;

    byte[] bytes;

    /** Of a coarse file: what is durable for certain. */
    byte[] durable;

    FileNode(byte[] bytes, boolean coarse) {
      this.bytes = bytes;
      this.durable = bytes;
      this.coarse = coarse;
    }

    byte[] sector(int index) {
      int from = index * SECTOR;
      byte[] sector = new byte[SECTOR];
      if (from < bytes.length) {
        System.arraycopy(bytes, from, sector, 0, Math.min(SECTOR, bytes.length - from));
      }
      return sector;
    }

    private void remember(int from, int to) {
      for (int index = from / SECTOR; index * SECTOR < to; index++) {
        List<byte[]> older = others.computeIfAbsent(index, key -> new ArrayList<>());
        byte[] now = sector(index);
        if (older.stream().noneMatch(other -> Arrays.equals(other, now))) {
          older.add(now);
        }
        if (older.size() > 3) {
          older.remove(1); // Of a file that is never forced there would be ever more.
        }
        stuck.remove(index);
      }
    }

    private void resize(int size) {
      if (size != bytes.length) {
        otherSizes.remove((Integer) bytes.length);
        otherSizes.add(bytes.length);
        for (int at = (bytes.length / SECTOR + 1) * SECTOR; at < size; at += SECTOR) {
          otherSizes.add(at);
        }
        bytes = Arrays.copyOf(bytes, size);
      }
    }

    void write(int position, byte[] written) {
      remember(position, position + written.length);
      resize(Math.max(bytes.length, position + written.length));
      bytes = bytes.clone();
      System.arraycopy(written, 0, bytes, position, written.length);
    }

    void truncate(int size) {
      remember(size, Math.max(size, bytes.length));
      resize(size);
    }

    void force() {
      others.keySet().removeIf(index -> !stuck.containsKey(index));
      otherSizes.clear();
      durable = bytes;
    }

    void forceInVain() {
      others.keySet().forEach(index -> stuck.put(index, true));
    }
  }

  /** A change of a folder. */
  @FunctionalInterface
  interface Change {
    void apply(NavigableMap<String, Node> names);
  }

  /** A folder: what programs see, what is durable, and the changes between. */
  static final class FolderNode implements Node {

    final NavigableMap<String, Node> names = new TreeMap<>();
    final NavigableMap<String, Node> durable = new TreeMap<>();
    final List<Change> changes = new ArrayList<>();

    void change(Change change) {
      change.apply(names);
      changes.add(change);
    }

    void force() {
      durable.clear();
      durable.putAll(names);
      changes.clear();
    }
  }

  /** What a program asked for. */
  record Operation(String kind, String name) {

    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  /** What goes wrong; called before each operation that changes something. */
  @FunctionalInterface
  interface Faults {
    void before(Operation operation) throws IOException;
  }

  final FolderNode root;
  final List<Operation> journal = new ArrayList<>();
  Faults faults = operation -> {};
  Consumer<Operation> observer = operation -> {};

  /** Forces that are not done, by who calls them; see {@link FaultFolder}. */
  String forgotten = "";

  /** Who has asked for a force. */
  final Set<String> forces = new TreeSet<>();

  long readBytes;
  long freeBytes = Long.MAX_VALUE;
  boolean locked;

  FaultDisk() {
    this(new FolderNode());
  }

  FaultDisk(FolderNode root) {
    this.root = root;
  }

  /** As a process sees it. */
  FaultFolder process() {
    return new FaultFolder(this);
  }

  /** Makes all durable. */
  void forceAll() {
    forceAll(root);
  }

  private static void forceAll(FolderNode folder) {
    folder.force();
    for (Node node : folder.names.values()) {
      switch (node) {
        case FolderNode inner -> forceAll(inner);
        case FileNode file -> {
          file.durable = file.bytes;
          file.others.clear();
          file.otherSizes.clear();
        }
      }
    }
  }

  /** Another disk with the same contents, all of them durable. */
  FaultDisk copy() {
    return new FaultDisk(copy(root));
  }

  private static FolderNode copy(FolderNode folder) {
    FolderNode copy = new FolderNode();
    folder.names.forEach((name, node) ->
        copy.names.put(
            name,
            switch (node) {
              case FolderNode inner -> copy(inner);
              case FileNode file -> new FileNode(file.bytes, file.coarse);
            }));
    copy.force();
    return copy;
  }

  @Nullable Node find(String name) {
    Node node = root;
    if (!name.isEmpty()) {
      for (String part : name.split("/")) {
        Node inner = node instanceof FolderNode folder ? folder.names.get(part) : null;
        if (inner == null) {
          return null;
        }
        node = inner;
      }
    }
    return node;
  }
}
