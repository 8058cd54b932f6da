package dev.candor.governance.decisions;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;

/**
 * What a decision is called: 32 lower-case hexadecimal digits, of which the first twelve are the
 * milliseconds since 1970, as in a UUID of version 7 (RFC 9562), the rest random.
 */
public final class DecisionId {

  private static final SecureRandom RANDOM = new SecureRandom();

  private DecisionId() {}

  /** A new one. */
  public static String at(Instant now) {
    return String.format(
        Locale.ROOT,
        "%012x%04x%016x",
        now.toEpochMilli() & 0xFFFF_FFFF_FFFFL,
        RANDOM.nextInt(0x1_0000),
        RANDOM.nextLong());
  }
}
