package dev.candor.server.prefixes;

import dev.candor.engine.EngineException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.ledger.LedgerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a model remembers of conversations that may go on: the next request of the same principal
 * that begins with all of it reads only the rest. The bits are those of a reading anew. The longest
 * unused goes when there is no room. What is long enough is written to the disk as well, after the
 * answer and beside it. Safe for use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A principal gets nothing that another's requests have left, and so learns nothing of them from
 * how long a reading takes. What whoever serves has declared to be shared is the exception. What is
 * about a data subject is not kept. Nothing outlives an erasure: {@link #forgetErased} and the next
 * request find that the vault's payload key is another.
 */
public final class PrefixCache implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PrefixCache.class.getName());

  /** What is shorter is read anew as fast. */
  private static final int SHORTEST = 32;

  /** How long an end waits for what is to be written. */
  private static final Duration END = Duration.ofSeconds(5);

  private final LanguageModel language;
  private final long mostBytes;
  private final Optional<PrefixStore> disk;
  private final PrefixCounts counts;
  private final Supplier<String> payloadKey;
  private final Optional<SharedPrefix> shared;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private boolean closed;

  /** The longest unused comes first. */
  private static final class Entry {
    private final String principal;
    private final Session session;
    private final long bytes;

    /** Under which the store was when it was begun. */
    private final String payloadKey;

    /** Who reads the session while it is or was among the entries: the store, and who forks it. */
    private int readers;

    Entry(String principal, Session session, long bytes, String payloadKey) {
      this.principal = principal;
      this.session = session;
      this.bytes = bytes;
      this.payloadKey = payloadKey;
    }
  }

  /**
   * What was kept.
   *
   * @param isShared whether the store is writing it: it may be read, and not changed
   */
  private record Taken(Entry entry, boolean isShared) {}

  /**
   * The prefixes of one model; reads what is shared.
   *
   * @param like how sessions keep what they read
   */
  public PrefixCache(LanguageModel language, PrefixRoom room, SessionOptions like) {
    this.language = language;
    this.mostBytes = room.memoryBytes();
    this.disk = room.disk();
    this.counts = room.counts();
    this.payloadKey = room.payloadKey();
    this.shared = room.shared().flatMap(text -> sharedBy(language, text, like));
  }

  /** A model that cannot begin from it is served without. */
  private static Optional<SharedPrefix> sharedBy(
      LanguageModel language, String text, SessionOptions like) {
    try {
      return Optional.of(SharedPrefix.read(language, text, like));
    } catch (EngineException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a model does not begin from the shared prefix: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Gives the session of one decision, and says what was there already. */
  public final class Reading implements ContextSource {
    private final String principal;
    private final SessionOptions options;
    private final boolean isKept;
    private volatile int reused;
    private volatile String payloadKey = "";

    private Reading(String principal, SessionOptions options, boolean isKept) {
      this.principal = principal;
      this.options = options;
      this.isKept = isKept;
    }

    @Override
    public int reusedTokens() {
      return reused;
    }

    @Override
    public Optional<Session> read(int[] tokens, PrefillListener listener) {
      payloadKey = currentPayloadKey();
      Session session = isKept ? begin(tokens) : beginShared(tokens);
      reused = session.size();
      try {
        int[] rest = Arrays.copyOfRange(tokens, session.size(), tokens.length);
        if (session.append(rest, listener) == rest.length) {
          return Optional.of(session);
        }
        session.close();
        return Optional.empty();
      } catch (RuntimeException | Error e) {
        session.close();
        throw e;
      }
    }

    /** One that was kept, with room for what is to come, or a new one. */
    private Session begin(int[] tokens) {
      Optional<Taken> kept = take(principal, options, tokens);
      int there = kept.map(it -> it.entry().session.size()).orElse(0);
      Optional<Session> longer;
      try {
        longer = disk.flatMap(it -> it.restore(language, principal, options, tokens, there));
      } catch (RuntimeException | Error e) {
        kept.ifPresent(PrefixCache.this::putBack);
        throw e;
      }
      if (longer.isPresent()) {
        kept.ifPresent(PrefixCache.this::putBack);
        counts.diskHits.increment();
        counts.reusedTokens.add(longer.get().size());
        return longer.get();
      }
      if (kept.isEmpty()) {
        return beginShared(tokens);
      }
      counts.memoryHits.increment();
      counts.reusedTokens.add(there);
      Entry entry = kept.get().entry();
      boolean fits = entry.session.options().contextTokens() == options.contextTokens();
      if (fits && !kept.get().isShared()) {
        return entry.session;
      }
      try {
        return entry.session.fork(options.contextTokens());
      } finally {
        release(entry);
      }
    }

    private Session beginShared(int[] tokens) {
      Optional<Session> begun = shared.flatMap(it -> it.begin(tokens, options));
      if (begun.isPresent()) {
        counts.sharedHits.increment();
        counts.reusedTokens.add(begun.get().size());
        return begun.get();
      }
      if (isKept) {
        counts.misses.increment();
      }
      return language.newSession(options);
    }

    /** What a pass has left half done is in nobody's conversation. */
    @Override
    public void failed(Session session) {
      session.close();
    }

    @Override
    public void done(Session session) {
      if (!isKept || session.size() < SHORTEST || !payloadKey.equals(currentPayloadKey())) {
        session.close();
        return;
      }
      long its = language.sessionBytes(session.options());
      Entry entry = new Entry(principal, session, its, payloadKey);
      if (keep(entry) && session.size() >= PrefixStore.LEAST_TOKENS) {
        disk.ifPresent(it -> writeLater(it, entry));
      }
    }
  }

  /**
   * Where the session of a decision comes from.
   *
   * @param options with room for the prompt and the answer
   * @param isKept whether what is read may be kept afterwards
   */
  public Reading reading(String principal, SessionOptions options, boolean isKept) {
    return new Reading(principal, options, isKept && mostBytes > 0);
  }

  private String currentPayloadKey() {
    return payloadKey.get();
  }

  /** The longest that was kept and that the tokens begin with; nobody else gets it then. */
  private Optional<Taken> take(String principal, SessionOptions options, int[] tokens) {
    String payloadKey = currentPayloadKey();
    synchronized (this) {
      forgetBefore(payloadKey);
      Optional<Entry> best = Optional.empty();
      for (Entry entry : entries) {
        Session session = entry.session;
        boolean fits =
            entry.principal.equals(principal)
                && session.options().cacheFormat() == options.cacheFormat()
                && session.size() <= tokens.length
                && session.commonPrefix(tokens) == session.size();
        if (fits && best.filter(it -> it.session.size() >= session.size()).isEmpty()) {
          best = Optional.of(entry);
        }
      }
      return best.map(entry -> {
        remove(entry);
        entry.readers++;
        return new Taken(entry, entry.readers > 1);
      });
    }
  }

  /** What an erasure may have been of goes, also where nobody asks; called from time to time. */
  public void forgetErased() {
    String now;
    try {
      now = currentPayloadKey();
    } catch (LedgerException e) {
      // Keys that are closed or locked open nothing, and so nothing that was read stays either.
      now = "";
    }
    synchronized (this) {
      forgetBefore(now);
    }
  }

  /** An erasure may have been of what these hold. */
  private void forgetBefore(String payloadKey) {
    for (Entry entry : List.copyOf(entries)) {
      if (!entry.payloadKey.equals(payloadKey)) {
        drop(entry);
      }
    }
  }

  private void remove(Entry entry) {
    entries.remove(entry);
    bytes -= entry.bytes;
  }

  private void drop(Entry entry) {
    remove(entry);
    if (entry.readers == 0) {
      entry.session.close();
    }
  }

  /** Whether it is kept; otherwise it is closed. */
  private synchronized boolean keep(Entry entry) {
    if (closed || entry.bytes > mostBytes) {
      if (entry.readers == 0) {
        entry.session.close();
      }
      return false;
    }
    while (bytes + entry.bytes > mostBytes) {
      drop(entries.getFirst());
    }
    entries.add(entry);
    bytes += entry.bytes;
    return true;
  }

  /** It was taken for nothing. */
  private synchronized void putBack(Taken taken) {
    taken.entry().readers--;
    boolean unused = keep(taken.entry());
  }

  /** Somebody does not read it any more; if nobody does and it is not kept, it is closed. */
  private synchronized void release(Entry entry) {
    entry.readers--;
    if (entry.readers == 0 && !entries.contains(entry)) {
      entry.session.close();
    }
  }

  /**
   * Lets the store write it, unless it is gone by then: a conversation that goes on at once is
   * written when it pauses, and the memory has its bound whatever the disk does.
   */
  private void writeLater(PrefixStore store, Entry entry) {
    if (!store.later(() -> write(store, entry))) {
      counts.unwritten.increment();
    }
  }

  private void write(PrefixStore store, Entry entry) {
    synchronized (this) {
      if (!entries.contains(entry) || !entry.payloadKey.equals(store.payloadKey())) {
        return;
      }
      entry.readers++;
    }
    try {
      store.keep(language, entry.principal, entry.session, entry.payloadKey);
    } finally {
      release(entry);
    }
  }

  /** Bytes that are kept in memory. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Forgets all of it, once what the next process may need has been written. */
  @Override
  public void close() {
    disk.ifPresent(it -> it.settle(END));
    synchronized (this) {
      closed = true;
      shared.ifPresent(SharedPrefix::close);
      List.copyOf(entries).forEach(this::drop);
    }
  }
}
