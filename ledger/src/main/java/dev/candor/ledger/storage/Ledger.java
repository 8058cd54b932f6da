package dev.candor.ledger.storage;

import dev.candor.ledger.InputOutput;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.LogProof;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An append-only log in a folder. An entry is acknowledged when it is durable: it then survives the
 * end of the process and a loss of power, and if it should be gone or altered later, opening,
 * reading or the verifier says so. Several threads and several processes may append to one ledger;
 * the order of its entries is the order of their commits.
 *
 * <p>Limits: {@link Entry#MOST_BYTES} of an entry with its stamp, {@link #MOST_QUEUED} entries that
 * wait at a time, {@link #MOST_ENTRIES} of a ledger. All exceptions are {@link LedgerException}s.
 */
public final class Ledger implements AutoCloseable {

  /** Most entries that wait to be committed at a time. */
  public static final int MOST_QUEUED = 4_096;

  /** Most entries of a ledger. */
  public static final long MOST_ENTRIES = EntryFiles.MOST_FILES * Frames.ENTRIES_PER_FILE;

  private final StorageFolder folder;
  private final @Nullable LedgerSettings settings;
  private final EntryReader reader;
  private final CommitQueue queue;
  private final GrowthWatch watch;

  /** Held by whoever uses the log; the lock of the folder is taken after it. */
  private final ReentrantLock turn = new ReentrantLock();

  private CommitLog log;
  private volatile HashTiles tree;
  private volatile LedgerActivity activity = LedgerActivity.NONE;

  /**
   * What has been appended.
   *
   * @param index its place, from 0
   * @param entry as it was logged, with its stamp
   * @param size of the tree that its commit made, larger than the index
   * @param root of that tree, 32 bytes; not copied
   */
  public record Appended(long index, Entry entry, long size, byte[] root) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Appended that
          && index == that.index
          && entry.equals(that.entry)
          && size == that.size
          && Arrays.equals(root, that.root);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(index) ^ Arrays.hashCode(root);
    }

    @Override
    public String toString() {
      return "entry " + index + " of " + size + ", root " + HexFormat.of().formatHex(root);
    }
  }

  /** Who looks at entries one after the other. */
  @FunctionalInterface
  public interface Visitor {

    /** Looks at one. */
    void visit(long index, Entry entry);
  }

  /** Work that needs the log to itself. */
  @FunctionalInterface
  private interface Work<T> {
    T run(CommitLog log) throws IOException;
  }

  private Ledger(StorageFolder folder, @Nullable LedgerSettings settings) throws IOException {
    this.folder = folder;
    this.settings = settings;
    this.reader = new EntryReader(folder);
    this.queue = new CommitQueue(this::commit, MOST_QUEUED);
    this.watch = new GrowthWatch(folder);
    if (settings == null) {
      log = CommitLog.open(folder, false);
    } else {
      FolderLock.take(folder, settings.lockWait());
      try {
        log = CommitLog.open(folder, true);
        CheckpointFile.requireOrigin(folder, settings.origin());
      } finally {
        folder.unlock();
      }
    }
    tree = log.tree();
  }

  /**
   * Opens a ledger to append to it; an empty one is begun if there is none. A group of entries that
   * a crash kept from being written whole is cut: it was never acknowledged.
   *
   * @throws LedgerException {@code ledger.truncated} or {@code ledger.damaged} if acknowledged
   *     entries are gone or altered, {@code ledger.other-history} if the checkpoint is not of these
   *     entries, {@code ledger.checkpoint-damaged}, {@code ledger.origin}, {@code ledger.locked},
   *     {@code ledger.storage-failed}, {@code ledger.disk-full}
   */
  public static Ledger open(Path folder, LedgerSettings settings) {
    return apart(() -> {
      try {
        return open(DiskFolder.create(folder), settings);
      } catch (IOException e) {
        throw unopened(folder.toString(), e);
      }
    });
  }

  /**
   * Opens a ledger to read it: what was committed at this moment. Needs no key, takes no lock and
   * writes nothing.
   *
   * @throws LedgerException {@code ledger.missing} if there is no such folder; otherwise as {@link
   *     #open(Path, LedgerSettings)}
   */
  public static Ledger view(Path folder) {
    try {
      return open(DiskFolder.of(folder), null);
    } catch (IOException e) {
      throw unopened(folder.toString(), e);
    }
  }

  /** On any storage, in this thread; to read it alone if there are no settings. */
  static Ledger open(StorageFolder folder, @Nullable LedgerSettings settings) {
    try {
      return new Ledger(folder, settings);
    } catch (IOException e) {
      closeAfter(e, folder);
      throw StorageFailure.of("opening the ledger", folder, e);
    } catch (LedgerException e) {
      closeAfter(e, folder);
      throw e;
    }
  }

  private static void closeAfter(Exception cause, StorageFolder folder) {
    try {
      folder.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static LedgerException unopened(String folder, IOException cause) {
    return new LedgerException(
        "storage-failed",
        "the ledger " + folder + " cannot be opened: " + cause,
        "Check the path and its permissions.",
        cause);
  }

  /**
   * Appends an entry and returns when it is durable.
   *
   * @param entry without the values {@code at}, {@code boot} and {@code clock}, which the ledger
   *     puts in front: the wall clock, the start of the machine, and a clock that does not jump
   * @throws LedgerException {@code ledger.entry-too-large}, {@code ledger.entry-stamped}, {@code
   *     ledger.queue-full}, {@code ledger.locked} naming who holds the lock, {@code
   *     ledger.disk-full}, {@code ledger.storage-failed}, {@code ledger.truncated}, {@code
   *     ledger.damaged}, {@code ledger.full}, {@code ledger.read-only}, {@code ledger.closed}
   */
  public Appended append(Entry entry) {
    return joined(appendLater(entry));
  }

  /**
   * Appends an entry in the order of these calls. The result comes when it is durable, together
   * with those of other entries that waited at the same time; what depends on it may append again.
   *
   * @throws LedgerException at once what needs no disk to know: see {@link #append}; what a commit
   *     throws completes the result
   */
  public CompletableFuture<Appended> appendLater(Entry entry) {
    var unused = new Stamp(settings().clock()).on(entry).bytes();
    return queue.add(entry);
  }

  /** How many entries are durable, as far as this ledger has looked: see {@link #refresh}. */
  public long size() {
    return tree.frontier().size();
  }

  /** The root of the tree of that size, 32 bytes. */
  public byte[] root() {
    return tree.frontier().root();
  }

  /**
   * The bytes of an entry, checked against the tree.
   *
   * @throws LedgerException {@code ledger.no-entry}, {@code ledger.damaged}, {@code
   *     ledger.storage-failed}
   */
  public byte[] bytes(long index) {
    return reader.bytes(index, tree);
  }

  /**
   * An entry, checked against the tree.
   *
   * @throws LedgerException as {@link #bytes}, and {@code ledger.entry-malformed}
   */
  public Entry entry(long index) {
    return Entry.parse(bytes(index));
  }

  /**
   * Looks at the entries from one up to another, exclusive.
   *
   * @throws LedgerException as {@link #entry}
   */
  public void forEach(long from, long to, Visitor visitor) {
    for (long index = from; index < to; index++) {
      visitor.visit(index, entry(index));
    }
  }

  /** The hashes of the tree, for proofs; they grow with the ledger. */
  public HashSource hashes() {
    return (level, index) -> tree.hash(level, index);
  }

  /** Takes in what other processes have appended meanwhile. */
  public void refresh() {
    if (settings != null) {
      apart(() -> exclusive("reading on", log -> 0));
      return;
    }
    turn.lock();
    try {
      log.close();
      log = CommitLog.open(folder, false);
      tree = log.tree();
    } catch (IOException e) {
      throw StorageFailure.of("reading the ledger", folder, e);
    } finally {
      turn.unlock();
    }
  }

  /**
   * The same, if a short look without the lock says that there is something: for whoever asks
   * often. What another process appends may be seen a moment later.
   */
  public void refreshIfGrown() {
    try {
      if (watch.size() > size()) {
        refresh();
      }
    } catch (IOException e) {
      throw StorageFailure.of("reading on", folder, e);
    }
  }

  /**
   * A signed checkpoint of all that is durable, from now on the one in the file {@code checkpoint}.
   * If that is of the same size and by the same keys, it stays and is given. When this returns, the
   * checkpoint is durable too. Of a ledger that was opened with {@link #view}: the one in the file.
   *
   * @throws LedgerException {@code ledger.no-checkpoint} if a view has none, {@code
   *     ledger.no-signer} if the settings give none; otherwise as {@link #append}
   */
  public SignedNote checkpoint() {
    LedgerSettings with = settings;
    if (with == null) {
      SignedNote note =
          stored()
              .orElseThrow(() ->
                  new LedgerException(
                      "no-checkpoint",
                      "the ledger " + folder.location() + " has no checkpoint yet",
                      "Let its owner make one: candor audit checkpoint."));
      if (Checkpoint.parse(note.text()).size() > size()) {
        refresh();
      }
      return note;
    }
    List<NoteSigner> signers = List.copyOf(with.signers().get());
    if (signers.isEmpty()) {
      throw new LedgerException(
          "no-signer", "there is no key to sign a checkpoint with", "Unlock the key vault.");
    }
    return apart(() ->
        exclusive(
            "writing a checkpoint",
            log -> CheckpointFile.next(folder, with.origin(), signers, log.tree())));
  }

  /**
   * Writes the ledger as C2SP tlog-tiles serves it, at the size of its {@link #checkpoint}, with
   * the keys that signed in a file {@code vkeys}. Into a folder that is empty or not there, or that
   * has an earlier export: then only what is new is written.
   *
   * @throws LedgerException {@code ledger.export-differs} if the folder has an export that this one
   *     does not follow; otherwise as {@link #checkpoint} and {@link #bytes}
   */
  public void export(Path target) {
    SignedNote note = checkpoint();
    try {
      TiledExport.write(target, note, CheckpointFile.keys(folder), hashes(), this::bytes);
    } catch (IOException e) {
      throw new LedgerException(
          "storage-failed",
          "exporting to " + target + " failed: " + InputOutput.where(e),
          "Check the folder and how much room its disk has, then export again.",
          e);
    }
  }

  /** How much it holds and how much more it can; looks at every file. */
  public Capacity capacity() {
    try {
      return Capacity.of(folder, size());
    } catch (IOException e) {
      throw StorageFailure.of("looking at the files", folder, e);
    }
  }

  /** What was wrong with derived files and has been made again, by their names. */
  public List<String> rebuilt() {
    return tree.rebuilt();
  }

  /** Bytes of a half-written group that were cut when the ledger was opened, most often 0. */
  public long cutBytes() {
    return log.cutBytes();
  }

  /**
   * An entry with the proof that it is in the tree of the checkpoint: all that somebody elsewhere
   * needs to check it who knows the keys. The bytes of the entry are the extra data of the bundle.
   *
   * @throws LedgerException as {@link #checkpoint} and {@link #bytes}
   */
  public LogProof bundle(long index) {
    byte[] entry = bytes(index);
    SignedNote note = checkpoint();
    long size = Checkpoint.parse(note.text()).size();
    return new LogProof(entry, InclusionProof.of(index, size, hashes()), note);
  }

  /** What was appended here since it was opened; what other processes append does not count. */
  public LedgerActivity activity() {
    return activity;
  }

  /** Waits for what is being appended, and gives the files back. */
  @Override
  public void close() {
    queue.close();
    turn.lock();
    try {
      watch.forget();
      log.close();
      folder.close();
    } catch (IOException e) {
      throw StorageFailure.of("closing the ledger", folder, e);
    } finally {
      turn.unlock();
    }
  }

  private void commit(List<CommitQueue.Waiting> waiting, List<Runnable> outcomes) {
    Stamp stamp = new Stamp(settings().clock());
    exclusive(
        "appending",
        log -> {
          for (int from = 0; from < waiting.size(); ) {
            long first = log.size();
            int room = Frames.ENTRIES_PER_FILE - (int) (first % Frames.ENTRIES_PER_FILE);
            List<CommitQueue.Waiting> group =
                waiting.subList(from, Math.min(waiting.size(), from + room));
            List<Entry> entries = group.stream().map(one -> stamp.on(one.entry())).toList();
            List<byte[]> bytes = entries.stream().map(Entry::bytes).toList();
            activity = activity.plus(entries.size(), log.commit(bytes));
            tree = log.tree();
            reader.appended(first, bytes);
            byte[] root = tree.frontier().root();
            for (int i = 0; i < group.size(); i++) {
              Appended appended =
                  new Appended(first + i, entries.get(i), first + group.size(), root.clone());
              CommitQueue.Waiting one = group.get(i);
              outcomes.add(() -> one.appended().complete(appended));
            }
            from += group.size();
          }
          return 0;
        });
  }

  /** Does something with the log, caught up, while neither a thread nor a process else does. */
  private <T> T exclusive(String what, Work<T> work) {
    turn.lock();
    try {
      FolderLock.take(folder, settings().lockWait());
      try {
        watch.forget();
        log.catchUp();
        tree = log.tree();
        return work.run(log);
      } finally {
        folder.unlock();
      }
    } catch (IOException e) {
      throw StorageFailure.of(what, folder, e);
    } finally {
      turn.unlock();
    }
  }

  private Optional<SignedNote> stored() {
    try {
      return CheckpointFile.read(folder);
    } catch (IOException e) {
      throw StorageFailure.of("reading the checkpoint", folder, e);
    }
  }

  private LedgerSettings settings() {
    if (settings == null) {
      throw new LedgerException(
          "read-only", "the ledger was opened for reading alone", "Open it to append to it.");
    }
    return settings;
  }

  /** In a thread that nobody interrupts: an interrupted one cannot force a folder. */
  private static <T> T apart(Supplier<T> work) {
    return joined(CompletableFuture.supplyAsync(work, Thread::startVirtualThread));
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LedgerException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
