package dev.candor.server.models;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.governance.decisions.ContextSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a model remembers of conversations that may go on: the next request of the same principal
 * that begins with all of it reads only the rest. The bits are those of a reading anew. The longest
 * unused goes when there is no room. Safe for use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A principal gets nothing that another's requests have left, and so learns nothing of them from
 * how long a reading takes. What is about a data subject is not kept.
 */
public final class PrefixCache implements AutoCloseable {

  /** What is shorter is read anew as fast. */
  private static final int SHORTEST = 32;

  private final LanguageModel language;
  private final long mostBytes;
  private final List<Entry> entries = new ArrayList<>();
  private long bytes;
  private boolean closed;

  /** The longest unused comes first. */
  private record Entry(String principal, Session session, long bytes) {}

  /**
   * @param mostBytes of all sessions that are kept; 0 for none
   */
  PrefixCache(LanguageModel language, long mostBytes) {
    this.language = language;
    this.mostBytes = mostBytes;
  }

  /** Gives the session of one decision, and says what was there already. */
  public final class Reading implements ContextSource {
    private final String principal;
    private final SessionOptions options;
    private final boolean isKept;
    private volatile int reused;

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
      Session session = isKept ? begin(tokens) : language.newSession(options);
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
      Optional<Session> kept = take(principal, options, tokens);
      if (kept.isEmpty()) {
        return language.newSession(options);
      }
      Session session = kept.get();
      if (session.options().contextTokens() == options.contextTokens()) {
        return session;
      }
      try (session) {
        return session.fork(options.contextTokens());
      }
    }

    @Override
    public void done(Session session) {
      if (isKept && session.size() >= SHORTEST) {
        keep(new Entry(principal, session, language.sessionBytes(session.options())));
      } else {
        session.close();
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

  /** The longest that was kept and that the tokens begin with; nobody else gets it then. */
  private synchronized Optional<Session> take(
      String principal, SessionOptions options, int[] tokens) {
    Optional<Entry> best = Optional.empty();
    for (Entry entry : entries) {
      Session session = entry.session();
      boolean fits =
          entry.principal().equals(principal)
              && session.options().cacheFormat() == options.cacheFormat()
              && session.size() <= tokens.length
              && session.commonPrefix(tokens) == session.size();
      if (fits && best.filter(it -> it.session().size() >= session.size()).isEmpty()) {
        best = Optional.of(entry);
      }
    }
    best.ifPresent(this::remove);
    return best.map(Entry::session);
  }

  private void remove(Entry entry) {
    entries.remove(entry);
    bytes -= entry.bytes();
  }

  private synchronized void keep(Entry entry) {
    if (closed || entry.bytes() > mostBytes) {
      entry.session().close();
      return;
    }
    while (bytes + entry.bytes() > mostBytes) {
      Entry oldest = entries.getFirst();
      remove(oldest);
      oldest.session().close();
    }
    entries.add(entry);
    bytes += entry.bytes();
  }

  /** Bytes that are kept. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Forgets all of it. */
  @Override
  public synchronized void close() {
    closed = true;
    entries.forEach(entry -> entry.session().close());
    entries.clear();
    bytes = 0;
  }
}
