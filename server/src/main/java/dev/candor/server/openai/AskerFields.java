package dev.candor.server.openai;

import dev.candor.governance.access.Principal;
import dev.candor.server.HttpProblem;
import dev.candor.server.RequestFields;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What for, about whom, and which request it is: in headers, or in the field {@code candor} of the
 * body where a header cannot have the name.
 *
 * @param purpose what consent and policy go by
 * @param subject whose data it is about
 * @param key what the caller calls the request
 * @param patience how long the caller's client waits, if it says
 */
public record AskerFields(
    String purpose, Optional<String> subject, Optional<String> key, Optional<Duration> patience) {

  /** What OpenAI's clients say of their own timeouts, in seconds. */
  private static final List<String> TIMEOUTS =
      List.of("X-Stainless-Read-Timeout", "X-Stainless-Timeout");

  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

  /** What a request is for that does not say. The default policy allows it. */
  static final String USUAL_PURPOSE = "assistance";

  /** Reads them. */
  public static AskerFields read(
      ServerRequestHeaders headers, RequestFields fields, Repeats repeats, Principal principal) {
    Optional<String> purpose = headers.first(HeaderNames.create("Candor-Purpose"));
    Optional<String> subject = headers.first(HeaderNames.create("Candor-Subject"));
    Optional<RequestFields> own = fields.object("candor");
    if (own.isPresent()) {
      purpose = own.get().text("purpose").or(purposeOf(purpose));
      subject = own.get().text("subject").or(purposeOf(subject));
      own.get().requireAllTaken();
    }
    return new AskerFields(
        purpose.orElse(USUAL_PURPOSE),
        subject,
        repeats.key(headers, fields, principal),
        patience(headers));
  }

  /** The shorter one. What is no number of seconds says nothing. */
  private static Optional<Duration> patience(ServerRequestHeaders headers) {
    return TIMEOUTS.stream()
        .flatMap(name -> headers.first(HeaderNames.create(name)).stream())
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofMillis((long) (Double.parseDouble(text) * 1_000)))
        .min(Comparator.naturalOrder());
  }

  private static java.util.function.Supplier<Optional<String>> purposeOf(Optional<String> value) {
    return () -> value;
  }

  /** The key of one of several choices. */
  Optional<String> key(int choice) {
    return choice == 0 ? key : key.map(it -> it + " choice " + choice);
  }

  /** A seed that the same request has again, if it is known to be the same. */
  OptionalLong seed(Principal principal) {
    return key.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Long.parseUnsignedLong(
                digest(principal.name() + "\n" + key.get()).substring(0, 16), 16));
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Knows requests again that a client repeats by itself, as OpenAI's do after a timeout or an
   * error: they count their attempts in a header and give no key. An attempt beyond the first is
   * the newest request of the same caller with the same body. Safe for use by many threads.
   */
  public static final class Repeats {

    private static final int MOST = 4_096;
    private static final int LONGEST_KEY = 200;
    private static final Duration REMEMBERED = Duration.ofMinutes(30);

    private record Remembered(String key, long nanos) {}

    private final Map<String, Remembered> newest =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MOST;
          }
        };

    Optional<String> key(ServerRequestHeaders headers, RequestFields fields, Principal principal) {
      Optional<String> given = headers.first(HeaderNames.create("Idempotency-Key"));
      if (given.isPresent()) {
        if (given.get().isBlank() || given.get().length() > LONGEST_KEY) {
          throw HttpProblem.ofField(
              "Idempotency-Key",
              "invalid_value",
              "Idempotency-Key has "
                  + given.get().length()
                  + " characters, allowed are 1 to "
                  + LONGEST_KEY
                  + ", and not only blanks.");
        }
        return given.map(key -> "key " + key);
      }
      Optional<String> count = headers.first(HeaderNames.create("X-Stainless-Retry-Count"));
      if (count.isEmpty()) {
        return Optional.empty();
      }
      boolean again = !count.get().equals("0");
      return Optional.of(key(digest(principal.name() + "\n" + fields.object()), again));
    }

    private synchronized String key(String request, boolean again) {
      long now = System.nanoTime();
      Remembered before = newest.get(request);
      if (again && before != null && now - before.nanos() < REMEMBERED.toNanos()) {
        return before.key();
      }
      Remembered fresh = new Remembered("attempts " + UUID.randomUUID(), now);
      newest.remove(request);
      newest.put(request, fresh);
      return fresh.key();
    }
  }
}
