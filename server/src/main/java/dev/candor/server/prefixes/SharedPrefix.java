package dev.candor.server.prefixes;

import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A system prompt that was read once and that every conversation may begin from: whoever serves has
 * said that it is no secret. Safe for use by many threads; its session only ever gets forked.
 */
final class SharedPrefix implements AutoCloseable {

  private final Session session;

  private SharedPrefix(Session session) {
    this.session = session;
  }

  /**
   * Reads a system prompt.
   *
   * @param like how the session is to keep it
   */
  static SharedPrefix read(LanguageModel language, String text, SessionOptions like) {
    int[] tokens = tokens(language, text);
    Session session =
        language.newSession(
            new SessionOptions(Math.max(1, tokens.length), like.cacheFormat(), like.adapter()));
    try {
      session.append(tokens);
      return new SharedPrefix(session);
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** What two conversations have in common that begin with it and go on in different ways. */
  private static int[] tokens(LanguageModel language, String text) {
    Optional<ChatFormat> chat = language.chatFormat();
    if (chat.isEmpty()) {
      return language.tokenizer().encode(text, true, false);
    }
    int[] one = chat.get().tokens(conversation(text, "a"));
    int[] other = chat.get().tokens(conversation(text, "0"));
    int mismatch = Arrays.mismatch(one, other);
    return Arrays.copyOf(one, mismatch < 0 ? one.length : mismatch);
  }

  private static ChatRequest conversation(String system, String question) {
    return ChatRequest.of(
        List.of(ChatMessage.of("system", system), ChatMessage.of("user", question)));
  }

  /** A session that holds it, if the tokens begin with all of it. */
  Optional<Session> begin(int[] tokens, SessionOptions options) {
    boolean fits =
        session.size() > 0
            && session.options().cacheFormat() == options.cacheFormat()
            && session.commonPrefix(tokens) == session.size();
    return fits ? Optional.of(session.fork(options.contextTokens())) : Optional.empty();
  }

  /** How many tokens it has. */
  int size() {
    return session.size();
  }

  @Override
  public void close() {
    session.close();
  }
}
