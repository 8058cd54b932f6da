package dev.candor.governance.decisions;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import java.util.Optional;

/**
 * Where a session comes from that has read a prompt. A conversation goes on from what it has; many
 * questions about one text share its beginning; a replay reads everything anew. The bits are the
 * same.
 */
public interface ContextSource {

  /**
   * A session that holds exactly these tokens.
   *
   * @return empty if the listener stopped the reading
   */
  Optional<Session> read(int[] tokens, PrefillListener listener);

  /** The session is not needed any more for this decision. */
  void done(Session session);

  /** The same, where computing with it has failed: nobody knows what is in it. */
  default void failed(Session session) {
    done(session);
  }

  /** How many tokens of the prompt had been read before, for another decision. */
  default int reusedTokens() {
    return 0;
  }

  /** Reads everything anew, and closes the session afterwards. */
  static ContextSource anew(LanguageModel language, SessionOptions options) {
    return new ContextSource() {
      @Override
      public Optional<Session> read(int[] tokens, PrefillListener listener) {
        Session session = language.newSession(options);
        try {
          if (session.append(tokens, listener) == tokens.length) {
            return Optional.of(session);
          }
          session.close();
          return Optional.empty();
        } catch (RuntimeException | Error e) {
          session.close();
          throw e;
        }
      }

      @Override
      public void done(Session session) {
        session.close();
      }
    };
  }
}
