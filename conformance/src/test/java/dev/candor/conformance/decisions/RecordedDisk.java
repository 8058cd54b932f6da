package dev.candor.conformance.decisions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A folder as {@link DiskChange}s make it, and what may be left of it: by a kill all of it; by a
 * loss of power what was forced, and of the rest, in any combination, some. A name is forced with
 * its folder, and a content with its file.
 */
final class RecordedDisk {

  /** What is written as a whole or not at all; of one that spans more, a part may be there. */
  private static final int SECTOR = 512;

  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Map<String, Node> names = new TreeMap<>();
  private final Map<String, Node> forcedNames = new TreeMap<>();
  private final List<NameChange> namesSince = new ArrayList<>();
  private final Map<String, Begun> begun = new HashMap<>();
  private int clock;

  /** What a folder does at once: a rename is one change. */
  private record NameChange(int at, Optional<String> gone, Map<String, Node> come) {

    void apply(Map<String, Node> names) {
      gone.ifPresent(names::remove);
      names.putAll(come);
    }

    boolean isIn(String folder) {
      return gone.filter(it -> RecordedDisk.isIn(it, folder)).isPresent()
          || come.keySet().stream().anyMatch(it -> RecordedDisk.isIn(it, folder));
    }
  }

  /** A force that a thread waits for: of what was there at a time. */
  private record Begun(int at, byte[] content) {}

  /** Something written to a file at a time. */
  private record Change(int at, DiskChange what) {}

  /** A file or a folder, whatever it is called. */
  private static final class Node {
    private final boolean isFolder;
    private byte[] content = {};
    private byte[] forced = {};
    private int forcedAt = -1;
    private final List<Change> since = new ArrayList<>();

    Node(boolean isFolder) {
      this.isFolder = isFolder;
    }

    void change(int at, DiskChange change) {
      content = changed(content, change);
      since.add(new Change(at, change));
    }

    /** What was written while a force was under way is not in it. */
    void force(Begun force) {
      if (force.at() > forcedAt) {
        forced = force.content();
        forcedAt = force.at();
        since.removeIf(it -> it.at() <= force.at());
      }
    }
  }

  void apply(DiskChange change) {
    clock++;
    switch (change) {
      case DiskChange.Opened opened -> {
        if (!names.containsKey(opened.path())) {
          name(Optional.empty(), Map.of(opened.path(), new Node(false)));
        }
        if (opened.isEmptied()) {
          file(opened.path()).change(clock, new DiskChange.Cut(opened.path(), 0));
        }
      }
      case DiskChange.Written written -> file(written.path()).change(clock, written);
      case DiskChange.Cut cut -> file(cut.path()).change(clock, cut);
      case DiskChange.FolderMade made ->
          name(Optional.empty(), Map.of(made.path(), new Node(true)));
      case DiskChange.Renamed renamed ->
          name(Optional.of(renamed.from()), Map.of(renamed.to(), file(renamed.from())));
      case DiskChange.Linked linked ->
          name(Optional.empty(), Map.of(linked.to(), file(linked.from())));
      case DiskChange.Removed removed -> name(Optional.of(removed.path()), Map.of());
      case DiskChange.ForceBegun force -> begun.put(force.thread(), begun(force.path()));
      case DiskChange.Forced forced -> {
        Optional<Begun> force = Optional.ofNullable(begun.remove(forced.thread()));
        force(forced.path(), force.orElseGet(() -> begun(forced.path())));
      }
      case DiskChange.Told _ -> {}
    }
  }

  private void name(Optional<String> gone, Map<String, Node> come) {
    NameChange change = new NameChange(clock, gone, come);
    change.apply(names);
    namesSince.add(change);
  }

  private Node file(String path) {
    return Optional.ofNullable(names.get(path))
        .orElseThrow(() -> new AssertionError(path + " was changed before it was made"));
  }

  private Begun begun(String path) {
    return new Begun(clock, file(path).content);
  }

  private void force(String path, Begun force) {
    Node node = file(path);
    if (!node.isFolder) {
      node.force(force);
      return;
    }
    for (NameChange change : List.copyOf(namesSince)) {
      if (change.at() <= force.at() && change.isIn(path)) {
        change.apply(forcedNames);
        namesSince.remove(change);
      }
    }
  }

  private static boolean isIn(String path, String folder) {
    return path.startsWith(folder + "/") && path.indexOf('/', folder.length() + 1) < 0;
  }

  private static byte[] changed(byte[] before, DiskChange change) {
    return switch (change) {
      case DiskChange.Written written -> {
        int end = Math.toIntExact(written.offset() + written.bytes().length);
        byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
        System.arraycopy(written.bytes(), 0, after, (int) written.offset(), written.bytes().length);
        yield after;
      }
      case DiskChange.Cut cut -> Arrays.copyOf(before, Math.toIntExact(cut.size()));
      default -> throw new AssertionError(change);
    };
  }

  /** Writes what is there after a kill: all of it. */
  void writeKilled(Path root, Path to) throws IOException {
    write(names, root, to, node -> node.content);
  }

  /**
   * Writes what is there after a loss of power at which nothing got through that was not forced.
   */
  void writeForced(Path root, Path to) throws IOException {
    write(forcedNames, root, to, node -> node.forced);
  }

  /** Writes what may be there after a loss of power. */
  void writeByChance(SplittableRandom random, Path root, Path to) throws IOException {
    // Names come and go in order: file systems keep a journal of them.
    Map<String, Node> there = new TreeMap<>(forcedNames);
    namesSince.subList(0, random.nextInt(namesSince.size() + 1)).forEach(it -> it.apply(there));
    write(there, root, to, node -> byChance(node, random));
  }

  private static byte[] byChance(Node node, SplittableRandom random) {
    byte[] content = node.forced;
    for (Change change : node.since) {
      if (random.nextBoolean()) {
        content = changed(content, torn(change.what(), random));
      }
    }
    return content;
  }

  private static DiskChange torn(DiskChange change, SplittableRandom random) {
    if (change instanceof DiskChange.Written written
        && written.bytes().length > SECTOR
        && random.nextInt(4) == 0) {
      int sectors = random.nextInt(written.bytes().length / SECTOR);
      return new DiskChange.Written(
          written.path(), written.offset(), Arrays.copyOf(written.bytes(), sectors * SECTOR));
    }
    return change;
  }

  private interface Contents {
    byte[] of(Node node);
  }

  private static void write(Map<String, Node> names, Path root, Path to, Contents contents)
      throws IOException {
    for (Map.Entry<String, Node> each : names.entrySet()) {
      Path path = to.resolve(root.relativize(Path.of(each.getKey())).toString());
      // The first folders of a run are made before they are forced.
      Files.createDirectories(each.getValue().isFolder ? path : path.getParent());
      if (!each.getValue().isFolder) {
        // Modes are given when a file is made, by the same call.
        Files.createFile(path, PRIVATE);
        Files.write(path, contents.of(each.getValue()));
      }
    }
  }
}
