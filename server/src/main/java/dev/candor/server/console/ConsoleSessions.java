package dev.candor.server.console;

import dev.candor.governance.access.ApiKey;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Principal;
import dev.candor.server.HttpProblem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has signed in, in memory: a restart signs everybody out. Safe for use by many threads.
 *
 * <h2>Security guarantees</h2>
 *
 * A cookie is 256 random bits, of which only the SHA-256 is kept. A session ends with the key that
 * opened it: at once when it is revoked, and when it expires. One that was opened without a key,
 * because there was none, ends with the first key that is made.
 */
final class ConsoleSessions {

  /** Nobody works that long without a break. */
  static final Duration LONGEST = Duration.ofHours(12);

  /** A browser that was left open is nobody's after this. */
  static final Duration IDLE = Duration.ofHours(2);

  private static final int MOST = 1_000;
  private static final int RANDOM_BYTES = 32;

  private final ApiKeys keys;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Held> sessions = new LinkedHashMap<>();

  private static final class Held {
    private final ConsoleSession session;
    private Instant seen;

    Held(ConsoleSession session, Instant seen) {
      this.session = session;
      this.seen = seen;
    }
  }

  /**
   * A session that was just opened.
   *
   * @param cookie what the browser keeps
   */
  record Opened(ConsoleSession session, String cookie) {}

  ConsoleSessions(ApiKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** Text that nobody guesses. */
  String secret() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Opens one with an API key.
   *
   * @throws HttpProblem 401 if it is none that holds
   */
  Opened open(String key) {
    String hash = sha256(key);
    Instant now = clock.instant();
    ApiKey found =
        keys.list().stream()
            .filter(
                each -> MessageDigest.isEqual(ascii(each.hash()), ascii(hash)) && each.isValid(now))
            .findFirst()
            .orElseThrow(() ->
                HttpProblem.of(
                    401,
                    "invalid_api_key",
                    "This is no key that holds. One is made by 'candor keys create'."));
    return open(found.principal(), ConsoleSession.How.KEY, Optional.of(found.id()));
  }

  /** Opens one for somebody who is known otherwise. */
  Opened open(Principal principal, ConsoleSession.How how) {
    return open(principal, how, Optional.empty());
  }

  private synchronized Opened open(
      Principal principal, ConsoleSession.How how, Optional<String> key) {
    sweep();
    if (sessions.size() >= MOST) {
      // Programs that keep no cookie get a new one each time, where nobody has to sign in.
      sessions.entrySet().stream()
          .filter(held ->
              held.getValue().session.how() == ConsoleSession.How.LOCAL
                  || held.getValue().session.how() == ConsoleSession.How.CERTIFICATE)
          .map(Map.Entry::getKey)
          .findFirst()
          .ifPresent(sessions::remove);
    }
    if (sessions.size() >= MOST) {
      throw HttpProblem.of(
          503, "sessions_full", MOST + " sessions are open, which is the limit. Sign out of one.");
    }
    String cookie = secret();
    String hash = sha256(cookie);
    Instant now = clock.instant();
    ConsoleSession session =
        new ConsoleSession(hash.substring(0, 12), principal, how, key, secret(), now);
    sessions.put(hash, new Held(session, now));
    return new Opened(session, cookie);
  }

  /** The session of a cookie, if it goes on. */
  synchronized Optional<ConsoleSession> find(String cookie) {
    Held held = sessions.get(sha256(cookie));
    if (held == null || !goesOn(held)) {
      return Optional.empty();
    }
    held.seen = clock.instant();
    return Optional.of(held.session);
  }

  private boolean goesOn(Held held) {
    Instant now = clock.instant();
    if (now.isAfter(held.session.began().plus(LONGEST)) || now.isAfter(held.seen.plus(IDLE))) {
      return false;
    }
    return switch (held.session.how()) {
      case LOCAL -> !keys.wasOneEverMade();
      case KEY ->
          keys.list().stream()
              .anyMatch(
                  key -> held.session.key().equals(Optional.of(key.id())) && key.isValid(now));
      case LINK, CERTIFICATE -> true;
    };
  }

  private void sweep() {
    sessions.values().removeIf(held -> !goesOn(held));
  }

  /** Ends one. */
  synchronized void end(String id) {
    sessions.values().removeIf(held -> held.session.id().equals(id));
  }

  /** Those that go on, in the order in which they began. */
  synchronized List<ConsoleSession> list() {
    sweep();
    List<ConsoleSession> list = new ArrayList<>();
    sessions.values().forEach(held -> list.add(held.session));
    return list;
  }

  /** Whether two secrets are the same, in a time that tells nothing. */
  static boolean same(String one, String other) {
    return MessageDigest.isEqual(ascii(one), ascii(other));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ascii(text)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
