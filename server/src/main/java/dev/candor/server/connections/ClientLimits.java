package dev.candor.server.connections;

import dev.candor.server.ServerException;
import java.time.Duration;

/**
 * How long clients may take, and how many connections they may have. A client that is slow on
 * purpose holds a connection for no longer than this.
 *
 * @param head from the connection to the end of the head of its first request
 * @param idle between requests
 * @param body for the body of a request, and a second more for each {@link #BYTES_PER_SECOND} of it
 * @param write for a piece of an answer that the client does not take
 * @param connectionsPerAddress connections at once from one address
 */
public record ClientLimits(
    Duration head, Duration idle, Duration body, Duration write, int connectionsPerAddress) {

  /** A body that comes more slowly than this is not waited for. */
  public static final int BYTES_PER_SECOND = 1 << 16;

  /** Half of all connections for one address; a server's or proxy's read timeout for the rest. */
  public static final ClientLimits USUAL =
      new ClientLimits(
          Duration.ofSeconds(20),
          Duration.ofMinutes(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          512);

  public ClientLimits {
    if (connectionsPerAddress < 1) {
      throw new ServerException(
          "out-of-range",
          "connections-per-address is " + connectionsPerAddress + ", allowed is 1 or more",
          "Give a connections-per-address within the limits.");
    }
  }
}
