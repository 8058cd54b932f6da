package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of the ledger, where it grows. All of it happens in one thread at a time; what changes
 * the files, under the lock of the folder as well.
 *
 * <p>A group counts once its commit is durable, and a group is written only when everything before
 * it is. So a crash leaves at most one group that may be there in part, at the end of the last
 * file, and another process may find at most one that is there but not known to be durable: that
 * one is written once more and forced before anything is built on it.
 */
final class CommitLog implements AutoCloseable {

  private final StorageFolder folder;
  private final boolean writes;

  private HashTiles tree;
  private @Nullable StorageFile file;

  /** Which entries file the next group goes to, unless it is whole. */
  private long fileIndex;

  /** Where the next group begins in it. */
  private long end;

  private long cutBytes;
  private boolean distrusted;

  private CommitLog(StorageFolder folder, boolean writes) {
    this.folder = folder;
    this.writes = writes;
    this.tree = new HashTiles(folder, writes);
  }

  /**
   * Reads the end of the ledger; if it may write, cuts what a crash left half written.
   *
   * @throws LedgerException {@code ledger.damaged} or {@code ledger.truncated} if what had been
   *     acknowledged is not there as it was
   */
  static CommitLog open(StorageFolder folder, boolean writes) throws IOException {
    CommitLog log = new CommitLog(folder, writes);
    log.load(Known.read(folder));
    return log;
  }

  /** The tree of all that is durable. */
  HashTiles tree() {
    return tree;
  }

  /** The size of the tree of all that is durable. */
  long size() {
    return tree.frontier().size();
  }

  /** Bytes of a half-written group that were cut when the ledger was opened. */
  long cutBytes() {
    return cutBytes;
  }

  /** Takes in what other processes have appended, and sees to it that all of it is durable. */
  void catchUp() throws IOException {
    Known known = Known.read(folder);
    try {
      if (distrusted) {
        if (known.acknowledgement().size() <= size()) {
          cutBack();
        }
        known = known.atLeast(size());
        load(known);
        verifyFrom(known.checkpoint().map(Checkpoint::size).orElse(0L));
        distrusted = false;
      } else {
        readOn(known.atLeast(size()));
      }
    } catch (IOException | LedgerException e) {
      distrust();
      throw e;
    }
  }

  /**
   * Appends a group, durably. To be called right after {@link #catchUp}, under the same lock.
   *
   * @param entries one or more, no more than the file has room for
   * @return how many bytes the group takes in its file
   */
  int commit(List<byte[]> entries) throws IOException {
    long size = size();
    boolean beginsFile = size % Frames.ENTRIES_PER_FILE == 0;
    fileIndex = size / Frames.ENTRIES_PER_FILE;
    if (fileIndex == EntryFiles.MOST_FILES) {
      throw new LedgerException(
          "full",
          "the ledger has " + size + " entries, as many as one may have",
          "Begin another ledger; this one stays as it is and can be verified.");
    }
    List<byte[]> leaves = entries.stream().map(TreeHash::leaf).toList();
    Frontier next = tree.frontier();
    for (byte[] leaf : leaves) {
      next = next.plus(leaf);
    }
    byte[] group = Frames.group(entries, next.size(), next.root());
    try {
      if (beginsFile) {
        closeFile();
        end = 0;
        if (EntryFiles.beginsFolder(fileIndex)) {
          makeFolders(fileIndex);
        }
      }
      StorageFile open = openFile();
      open.write(end, group);
      open.force();
      if (beginsFile) {
        folder.forceFolder(EntryFiles.folder(fileIndex));
      }
    } catch (IOException e) {
      distrust();
      // Another process must not take for committed what was reported as failed.
      try {
        cutBack();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    end += group.length;
    tree.add(leaves);
    acknowledge();
    return group.length;
  }

  /** Closes the files; the log can be used no more. */
  @Override
  public void close() throws IOException {
    closeFile();
  }

  private void load(Known known) throws IOException {
    closeFile();
    fileIndex = Math.max(0, EntryFiles.last(folder));
    end = 0;
    tree = HashTiles.load(folder, writes, fileIndex);
    readOn(known);
    known.check(tree);
  }

  /** Reads groups from the end on. */
  private void readOn(Known known) throws IOException {
    byte[] bytes = new byte[0];
    int at = 0;
    Optional<Frames.Group> group = Optional.empty();
    byte[] lastGroup = new byte[0];
    while (true) {
      if (end > 0 && size() == (fileIndex + 1) * Frames.ENTRIES_PER_FILE) {
        closeFile();
        fileIndex++;
        end = 0;
      }
      bytes = readFrom(end);
      for (at = 0; at < bytes.length; at = group.get().end()) {
        boolean whole = size() == (fileIndex + 1) * Frames.ENTRIES_PER_FILE;
        group = whole ? Optional.empty() : Frames.read(bytes, at, size());
        if (group.isEmpty() || !takeIn(group.get())) {
          break;
        }
        lastGroup = Arrays.copyOfRange(bytes, at, group.get().end());
      }
      end += at;
      if (at == 0 || at < bytes.length || size() % Frames.ENTRIES_PER_FILE != 0) {
        break;
      }
    }
    if (size() < known.size()) {
      throw at < bytes.length && !Frames.endsEarly(bytes, at)
          ? EntriesFile.damaged(
              EntryFiles.name(fileIndex),
              "has no valid commit behind byte "
                  + end
                  + ", the end of entry "
                  + (size() - 1)
                  + ", but "
                  + known.size()
                  + " entries were acknowledged")
          : known.truncated(size());
    }
    if (at < bytes.length) {
      cut(bytes, at);
    }
    if (writes && lastGroup.length > 0 && size() > known.acknowledgement().size()) {
      adopt(lastGroup);
    }
  }

  private byte[] readFrom(long position) throws IOException {
    StorageFile open = file;
    if (open == null) {
      Optional<StorageFile> existing = folder.openExisting(EntryFiles.name(fileIndex));
      if (existing.isEmpty()) {
        return new byte[0];
      }
      try (StorageFile once = existing.get()) {
        return readFrom(once, position);
      }
    }
    return readFrom(open, position);
  }

  private byte[] readFrom(StorageFile open, long position) throws IOException {
    long size = open.size();
    if (size < position) {
      throw EntriesFile.damaged(
          EntryFiles.name(fileIndex), "was cut from " + position + " to " + size + " bytes");
    }
    return open.read(position, (int) Math.min(size - position, Frames.MOST_FILE_BYTES + 1));
  }

  private boolean takeIn(Frames.Group group) {
    List<byte[]> leaves = group.entries().stream().map(TreeHash::leaf).toList();
    Frontier next = tree.frontier();
    for (byte[] leaf : leaves) {
      next = next.plus(leaf);
    }
    if (!Arrays.equals(next.root(), group.root())) {
      return false;
    }
    tree.add(leaves);
    return true;
  }

  /** Cuts a group that was not written to its end. */
  private void cut(byte[] bytes, int at) throws IOException {
    Set<Long> commits = Frames.commitsBehind(bytes, at, size());
    boolean whole = size() == (fileIndex + 1) * Frames.ENTRIES_PER_FILE;
    // To a view, a file may have been added meanwhile: it holds no lock.
    boolean followed = writes && EntryFiles.last(folder) > fileIndex;
    if (whole || commits.size() > 1 || followed) {
      throw EntriesFile.damaged(
          EntryFiles.name(fileIndex),
          "has no valid commit behind byte "
              + end
              + ", the end of entry "
              + (size() - 1)
              + ", and no crash leaves behind what follows");
    }
    if (!writes) {
      return;
    }
    StorageFile open = openFile();
    open.truncate(end);
    // What the next group finds behind the end must be nothing, not a part of this one.
    open.force();
    cutBytes += bytes.length - at;
  }

  /**
   * Makes a group durable whose writer did not live to say so. Its bytes are written again: a force
   * that failed may have left them marked as written when they are not.
   */
  private void adopt(byte[] group) throws IOException {
    long index = (size() - 1) / Frames.ENTRIES_PER_FILE;
    if (index == fileIndex) {
      adopt(openFile(), end - group.length, group);
    } else {
      try (StorageFile before = folder.open(EntryFiles.name(index))) {
        adopt(before, before.size() - group.length, group);
      }
    }
    folder.forceFolder(EntryFiles.folder(index));
    acknowledge();
  }

  private static void adopt(StorageFile file, long position, byte[] group) throws IOException {
    file.write(position, group);
    file.force();
  }

  private void makeFolders(long index) throws IOException {
    folder.createFolder(EntryFiles.FOLDER);
    folder.forceFolder("");
    String inner = EntryFiles.folder(index);
    if (!inner.equals(EntryFiles.FOLDER)) {
      folder.createFolder(inner);
      folder.forceFolder(EntryFiles.FOLDER);
    }
  }

  /** Only evidence: the group is durable whether this can be written or not. */
  private void acknowledge() {
    Frontier frontier = tree.frontier();
    try (StorageFile open = folder.open(Acknowledgement.NAME)) {
      open.write(0, new Acknowledgement(frontier.size(), frontier.root()).bytes());
    } catch (IOException e) {
      return;
    }
  }

  /** Compares the entries behind a size with the tree, byte for byte as far as a hash tells. */
  private void verifyFrom(long size) throws IOException {
    for (long index = size / Frames.ENTRIES_PER_FILE; index < fileIndex; index++) {
      List<byte[]> leaves = EntriesFile.whole(folder, index).leafHashes();
      for (int i = 0; i < leaves.size(); i++) {
        long entry = index * Frames.ENTRIES_PER_FILE + i;
        if (!Arrays.equals(leaves.get(i), tree.hash(0, entry))) {
          throw EntriesFile.damaged(
              EntryFiles.name(index), "has another entry " + entry + " than the tree");
        }
      }
    }
  }

  private void distrust() {
    distrusted = true;
    try {
      closeFile();
    } catch (IOException e) {
      file = null;
    }
  }

  /** Removes what a commit that failed may have left. */
  private void cutBack() throws IOException {
    Optional<StorageFile> existing = folder.openExisting(EntryFiles.name(fileIndex));
    if (existing.isEmpty()) {
      return;
    }
    existing.get().close();
    try (StorageFile open = folder.open(EntryFiles.name(fileIndex))) {
      if (open.size() > end) {
        open.truncate(end);
        open.force();
      }
    }
  }

  private StorageFile openFile() throws IOException {
    StorageFile open = file;
    if (open == null) {
      open = folder.open(EntryFiles.name(fileIndex));
      file = open;
    }
    return open;
  }

  private void closeFile() throws IOException {
    StorageFile open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }
}
