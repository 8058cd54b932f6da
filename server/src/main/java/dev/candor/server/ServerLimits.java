package dev.candor.server;

import dev.candor.server.connections.ClientLimits;
import java.time.Duration;

/**
 * How much a server takes. What goes beyond is refused with a status that says so.
 *
 * @param parallel decisions that are computed at once
 * @param waiting requests that wait for their turn; more are answered 429
 * @param bodyBytes longest body of a request
 * @param connections TCP connections at once
 * @param tokensPerMinute tokens, read and written, that a principal may have a minute; 0 for any
 * @param secondsPerMinute seconds of computing that a principal may have a minute; 0 for any
 * @param drain how long a stop waits for answers that have begun
 * @param clients how long they may take, and how many connections they may have
 */
public record ServerLimits(
    int parallel,
    int waiting,
    int bodyBytes,
    int connections,
    long tokensPerMinute,
    long secondsPerMinute,
    Duration drain,
    ClientLimits clients) {

  /** For a machine that a team shares. */
  public static final ServerLimits USUAL =
      new ServerLimits(16, 256, 16 << 20, 1_024, 0, 0, Duration.ofSeconds(30));

  /** As many sequences as one pass takes a token of each. */
  public static final int MOST_PARALLEL = 128;

  /** The same, with what clients usually may. */
  public ServerLimits(
      int parallel,
      int waiting,
      int bodyBytes,
      int connections,
      long tokensPerMinute,
      long secondsPerMinute,
      Duration drain) {
    this(
        parallel,
        waiting,
        bodyBytes,
        connections,
        tokensPerMinute,
        secondsPerMinute,
        drain,
        ClientLimits.USUAL);
  }

  public ServerLimits {
    require("parallel", parallel, 1, MOST_PARALLEL);
    require("waiting", waiting, 0, 100_000);
    require("body-bytes", bodyBytes, 1_024, 64 << 20);
    require("connections", connections, 1, 100_000);
    require("tokens-per-minute", tokensPerMinute, 0, Long.MAX_VALUE);
    require("seconds-per-minute", secondsPerMinute, 0, 1_000_000);
  }

  private static void require(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new ServerException(
          "out-of-range",
          field + " is " + value + ", allowed is " + least + " to " + most,
          "Give a " + field + " within the limits.");
    }
  }
}
