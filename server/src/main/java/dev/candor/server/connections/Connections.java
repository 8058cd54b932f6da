package dev.candor.server.connections;

import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * All connections of a server. Helidon reads and writes without an end in time (4.5.0); this keeps
 * the time, and counts by address. Safe for use by many threads.
 */
public final class Connections implements Filter {

  /** How often to look for what is late. */
  public static final Duration STEP = Duration.ofMillis(500);

  private final ClientLimits limits;
  private final Map<SocketAddress, Connection> open = new ConcurrentHashMap<>();
  private final LongAdder refused = new LongAdder();

  /** None yet. */
  public Connections(ClientLimits limits) {
    this.limits = limits;
  }

  /** What a server asks for each connection, which is how it tells of one. */
  public SocketOptions options() {
    // A token is a small packet, which is not to wait for the answer to the one before.
    return new Options(SocketOptions.builder().tcpNoDelay(true).build());
  }

  /** How many there are. */
  public int size() {
    return open.size();
  }

  /** How many were refused, for their addresses had enough. */
  public long refused() {
    return refused.sum();
  }

  /** Ends what is late; called each {@link #STEP}. */
  public void watch() {
    long now = System.nanoTime();
    open.forEach((address, each) -> {
      if (each.isOpen()) {
        each.watch(now);
      } else {
        // Another of the same address may have come meanwhile.
        open.remove(address, each);
        each.abandon();
      }
    });
  }

  private void add(SocketChannel channel) throws IOException {
    if (!(channel.getRemoteAddress() instanceof InetSocketAddress remote)) {
      throw new IOException("the connection has no address");
    }
    InetAddress address = remote.getAddress();
    long its =
        open.values().stream().filter(it -> it.isOpen() && it.address().equals(address)).count();
    if (its >= limits.connectionsPerAddress()) {
      refused.increment();
      throw new IOException("the address has " + its + " connections");
    }
    Connection before = open.put(remote, new Connection(channel, remote, limits.head()));
    if (before != null) {
      before.abandon();
    }
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    // There is none where the client has left already.
    Optional<Connection> connection =
        Optional.ofNullable(request.remotePeer().address()).map(open::get);
    Exchange exchange = new Exchange(connection, limits, request, response);
    exchange.begin();
    try {
      ScopedValue.where(Exchange.CURRENT, exchange).run(chain::proceed);
    } finally {
      exchange.end();
    }
    exchange.requireInStep();
  }

  /** Those of another, and the news of each connection. An exception closes it. */
  private final class Options implements SocketOptions {
    private final SocketOptions options;

    Options(SocketOptions options) {
      this.options = options;
    }

    @Override
    public void configureSocket(SocketChannel channel) {
      try {
        add(channel);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      options.configureSocket(channel);
    }

    @Override
    public Map<SocketOption<?>, Object> socketOptions() {
      return options.socketOptions();
    }

    @Override
    public Duration connectTimeout() {
      return options.connectTimeout();
    }

    @Override
    public Duration readTimeout() {
      return options.readTimeout();
    }

    @Override
    public Optional<Integer> socketReceiveBufferSize() {
      return options.socketReceiveBufferSize();
    }

    @Override
    public Optional<Integer> socketSendBufferSize() {
      return options.socketSendBufferSize();
    }

    @Override
    public boolean socketReuseAddress() {
      return options.socketReuseAddress();
    }

    @Override
    public boolean socketKeepAlive() {
      return options.socketKeepAlive();
    }

    @Override
    public boolean tcpNoDelay() {
      return options.tcpNoDelay();
    }
  }
}
