package dev.candor.server.prefixes;

import dev.candor.engine.EngineException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.server.ServerException;
import dev.candor.server.prefixes.PrefixIndex.Stored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Saved states on the disk, of all models, for the next process too. The longest unused goes when
 * there is no room. Safe for use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A file opens with the vault, under the name that the key of its principal, model, numeric profile
 * and tokens gives; its tags cover all of it. It can be read by nobody else, told by nothing but
 * its size, and put in the place of no other. Whatever is not as it was written is removed and
 * never becomes a session. An erasure retires the payload key: no file from before opens any more.
 */
public final class PrefixStore implements AutoCloseable {

  /**
   * Fewest tokens of a state that is worth a file. Of the smallest model, restoring 64 tokens takes
   * 3.1 milliseconds and reading them anew 4.3, with one thread; of 32 both take the same. Larger
   * models gain from fewer tokens on, and more.
   */
  public static final int LEAST_TOKENS = 64;

  /** So much stays free for what needs the disk more: without a ledger there are no answers. */
  static final long LEAST_FREE_BYTES = 1L << 30;

  /** Most files: each costs a look when a server starts. */
  static final int MOST_FILES = 4_096;

  private static final int MOST_WAITING = 64;
  private static final System.Logger LOG = System.getLogger(PrefixStore.class.getName());

  private final PrefixFolder folder;
  private final KeyVault vault;
  private final long mostBytes;
  private final PrefixCounts counts;
  private final InstantSource clock;
  private final PrefixDisk disk;
  private final PrefixIndex index = new PrefixIndex();
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("candor-prefixes").factory());

  /** Of the files in the index. */
  private String payloadKey;

  /** Whether the last file could not be written: told once, not each time. */
  private boolean isFailing;

  private PrefixStore(
      PrefixFolder folder,
      KeyVault vault,
      long mostBytes,
      PrefixCounts counts,
      InstantSource clock,
      PrefixDisk disk) {
    this.folder = folder;
    this.vault = vault;
    this.mostBytes = mostBytes;
    this.counts = counts;
    this.clock = clock;
    this.disk = disk;
    this.payloadKey = vault.payloadKeyId();
  }

  /**
   * Opens a folder, and makes it if it is not there. What is in it and does not open is removed.
   *
   * @param vault has the keys; the store does not close it
   * @param mostBytes of all files
   * @throws ServerException {@code server.prefixes-in-use}, {@code server.prefixes-unusable}
   */
  public static PrefixStore open(
      Path folder, KeyVault vault, long mostBytes, PrefixCounts counts, InstantSource clock) {
    return open(folder, vault, mostBytes, counts, clock, PrefixDisk.REAL);
  }

  static PrefixStore open(
      Path path,
      KeyVault vault,
      long mostBytes,
      PrefixCounts counts,
      InstantSource clock,
      PrefixDisk disk) {
    try {
      PrefixFolder folder = PrefixFolder.open(path);
      try {
        PrefixStore store = new PrefixStore(folder, vault, mostBytes, counts, clock, disk);
        store.look();
        return store;
      } catch (IOException | RuntimeException e) {
        folder.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ServerException(
          "prefixes-unusable",
          "saved states cannot be kept in " + path + ": " + e.getMessage(),
          "Check the permissions of the folder and the disk, or do without (--prefix-disk 0).",
          e);
    }
  }

  /** Reads what there is. */
  private synchronized void look() throws IOException {
    for (PrefixFolder.Found found : folder.files()) {
      try (FileChannel file = FileChannel.open(folder.file(found.name()))) {
        SealedState.Header header = SealedState.header(file, vault, found.name());
        index.add(
            new Stored(
                found.name(), header.scope(), header.tokens(), file.size(), header.payloadKey()));
      } catch (IOException | ServerException | LedgerException e) {
        refuse(found.name(), e);
      }
    }
    makeRoom(0);
  }

  /**
   * Which key files are under now. What was begun under another one is not kept: an erasure has
   * come between.
   */
  String payloadKey() {
    try {
      return vault.payloadKeyId();
    } catch (LedgerException e) {
      // Keys that are closed or locked: the decision itself says so.
      LOG.log(System.Logger.Level.DEBUG, "saved states have no key", e);
      return "";
    }
  }

  /**
   * The longest state that the tokens begin with, of this principal and this model.
   *
   * @param longerThan how many tokens are there already without it
   * @return empty if there is none, or the one that there was is refused
   */
  Optional<Session> restore(
      LanguageModel language,
      String principal,
      SessionOptions options,
      int[] tokens,
      int longerThan) {
    try {
      PrefixScope scope = PrefixScope.of(vault, principal, language.digest(), options);
      return candidate(scope, tokens, longerThan)
          .flatMap(stored -> restored(stored, scope, language, options, tokens));
    } catch (LedgerException e) {
      // Keys that are closed or locked: the decision itself says so.
      LOG.log(System.Logger.Level.DEBUG, "no saved state can be looked for", e);
      return Optional.empty();
    }
  }

  private Optional<Stored> candidate(PrefixScope scope, int[] tokens, int longerThan) {
    List<Integer> lengths;
    synchronized (this) {
      forgetRetired();
      lengths = index.lengths(scope.hex(), longerThan + 1, tokens.length);
    }
    if (lengths.isEmpty()) {
      return Optional.empty();
    }
    List<String> names = scope.names(tokens, lengths);
    synchronized (this) {
      List<Stored> those = index.those(names);
      if (those.isEmpty()) {
        return Optional.empty();
      }
      index.touch(those.getLast().name());
      return Optional.of(those.getLast());
    }
  }

  private Optional<Session> restored(
      Stored stored,
      PrefixScope scope,
      LanguageModel language,
      SessionOptions options,
      int[] tokens) {
    String name = stored.name();
    try (FileChannel file = FileChannel.open(folder.file(name), StandardOpenOption.READ);
        SealedState.Reader state = SealedState.open(file, vault, scope, name)) {
      Session session = language.restoreSession(state, state.header().stateBytes(), options);
      if (session.size() != stored.tokens() || session.commonPrefix(tokens) != session.size()) {
        session.close();
        throw SealedState.damaged("it holds other tokens than its name says");
      }
      later(() -> folder.touch(name, FileTime.from(clock.instant())));
      return Optional.of(session);
    } catch (NoSuchFileException e) {
      // It has just made room for another, or somebody has removed it.
      synchronized (this) {
        index.remove(name);
      }
    } catch (IOException | ServerException | EngineException | LedgerException e) {
      synchronized (this) {
        index.remove(name);
        refuse(name, e);
      }
    }
    return Optional.empty();
  }

  private void refuse(String name, Exception e) {
    if (e instanceof ServerException known
        && known.code().equals("server." + SealedState.RETIRED)) {
      LOG.log(System.Logger.Level.DEBUG, "the saved state {0} has no key any more", name);
    } else {
      counts.refused.increment();
      LOG.log(
          System.Logger.Level.WARNING, "the saved state {0} is refused and removed: {1}", name, e);
    }
    delete(name);
  }

  private void delete(String name) {
    try {
      folder.remove(name);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a saved state cannot be removed", e);
    }
  }

  /** What an erasure or a rotation has left without a key goes. */
  public synchronized void forgetRetired() {
    String now = payloadKey();
    if (!now.isEmpty() && !now.equals(payloadKey)) {
      payloadKey = now;
      for (Stored retired : index.notUnder(now)) {
        index.remove(retired.name());
        delete(retired.name());
      }
    }
  }

  /** Work that may fail on the disk. */
  interface DiskWork {
    void run() throws IOException;
  }

  /**
   * Does something in the store's own thread.
   *
   * @return whether it will be done; if too much waits already, it is not
   */
  boolean later(DiskWork work) {
    try {
      writer.execute(() -> {
        try {
          work.run();
        } catch (IOException | RuntimeException e) {
          LOG.log(System.Logger.Level.WARNING, "saved states are in trouble", e);
        }
      });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Waits until what was to be done before has been done, or so long. */
  void settle(Duration most) {
    if (writer.isShutdown()) {
      return;
    }
    CountDownLatch done = new CountDownLatch(1);
    long end = System.nanoTime() + most.toNanos();
    try {
      while (!later(done::countDown) && System.nanoTime() < end && !writer.isShutdown()) {
        Thread.sleep(5);
      }
      if (!done.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        LOG.log(System.Logger.Level.DEBUG, "some saved states were not written in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Writes a state, in the store's own thread. It counts once it would survive a loss of power;
   * then those that it goes on from are removed.
   *
   * @param session nobody changes it meanwhile
   * @param payloadKey of the vault when the session was begun: under another it is not written, for
   *     an erasure may have been of what it holds
   */
  void keep(LanguageModel language, String principal, Session session, String payloadKey) {
    try {
      int[] tokens = session.tokens();
      PrefixScope scope = PrefixScope.of(vault, principal, language.digest(), session.options());
      String name = scope.name(tokens);
      long bytes = SealedState.fileBytes(session.savedBytes());
      if (!mayWrite(name, bytes)) {
        return;
      }
      folder.put(
          name,
          file ->
              SealedState.write(
                  disk.through().apply(file),
                  new SealedState.Sealing(vault, payloadKey),
                  scope,
                  name,
                  tokens.length,
                  session::save));
      add(new Stored(name, scope.hex(), tokens.length, bytes, payloadKey), scope, tokens);
    } catch (SealedState.Retired e) {
      LOG.log(System.Logger.Level.DEBUG, "an erasure came before a saved state was written");
    } catch (IOException | UncheckedIOException e) {
      fail("saved states cannot be written to the disk: " + e);
    } catch (LedgerException e) {
      fail("saved states cannot be sealed: " + e.getMessage());
    }
  }

  /** Whether there is something to write, and room for it. */
  private synchronized boolean mayWrite(String name, long bytes) {
    forgetRetired();
    if (index.find(name).isPresent()) {
      index.touch(name);
      return false;
    }
    if (bytes > mostBytes) {
      counts.unwritten.increment();
      return false;
    }
    makeRoom(bytes);
    if (disk.freeBytes().applyAsLong(folder.path()) < LEAST_FREE_BYTES + bytes) {
      fail(
          "the disk has less than "
              + (LEAST_FREE_BYTES >> 20)
              + " MiB left: no saved state is written until it has more");
      return false;
    }
    return true;
  }

  private synchronized void makeRoom(long bytes) {
    while (index.size() >= MOST_FILES || index.size() > 0 && index.bytes() + bytes > mostBytes) {
      Stored oldest = index.oldest().orElseThrow();
      index.remove(oldest.name());
      delete(oldest.name());
    }
  }

  private synchronized void add(Stored stored, PrefixScope scope, int[] tokens) {
    isFailing = false;
    if (!stored.payloadKey().equals(vault.payloadKeyId())) {
      delete(stored.name());
      return;
    }
    index.add(stored);
    counts.written.increment();
    List<Integer> shorter = index.lengths(stored.scope(), 1, stored.tokens() - 1);
    for (Stored before : index.those(scope.names(tokens, shorter))) {
      index.remove(before.name());
      delete(before.name());
    }
  }

  private synchronized void fail(String what) {
    counts.unwritten.increment();
    if (!isFailing) {
      isFailing = true;
      LOG.log(System.Logger.Level.WARNING, what);
    }
  }

  /** How many files there are. */
  public synchronized int states() {
    return index.size();
  }

  /** Bytes of all files. */
  public synchronized long bytes() {
    return index.bytes();
  }

  /** Ends what is being written. */
  @Override
  public void close() {
    settle(Duration.ofSeconds(5));
    writer.shutdownNow();
    try {
      if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "a saved state is still being written");
      }
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
