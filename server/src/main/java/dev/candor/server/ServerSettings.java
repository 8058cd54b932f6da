package dev.candor.server;

import dev.candor.server.access.TlsFiles;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * Where a server listens, and what it takes.
 *
 * @param host the address to bind
 * @param port 0 to 65,535; 0 for one that is free
 * @param tls its certificate and key, if connections are encrypted
 * @param allowedHosts names by which clients may call it, besides addresses and {@code localhost}
 * @param allowedOrigins origins of web pages, other than its own, that may call it
 * @param limits how much it takes
 */
public record ServerSettings(
    String host,
    int port,
    Optional<TlsFiles> tls,
    List<String> allowedHosts,
    List<String> allowedOrigins,
    ServerLimits limits) {

  public ServerSettings {
    if (port < 0 || port > 65_535) {
      throw new ServerException(
          "port", "port is " + port + ", allowed is 0 to 65535", "Give another --port.");
    }
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
  }

  /** On this machine alone, without TLS. */
  public static ServerSettings loopback(int port) {
    return new ServerSettings(
        "127.0.0.1", port, Optional.empty(), List.of(), List.of(), ServerLimits.USUAL);
  }

  /**
   * The address of the host.
   *
   * @throws ServerException {@code server.host-unknown}
   */
  public InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new ServerException(
          "host-unknown",
          "the host '" + host + "' has no address here",
          "Give an address of this machine (--host).",
          e);
    }
  }
}
