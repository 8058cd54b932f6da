package dev.candor.server.connections;

import dev.candor.server.HttpProblem;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as the client's connection has them. The thread that answers finds it
 * by {@link #current()}. Not safe for use by many threads.
 */
public final class Exchange {

  static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

  /** More than anybody sends in advance; whoever does is read no further. */
  private static final int MOST_AHEAD = 1 << 16;

  private static final Exchange UNKNOWN = new Exchange();

  private final Optional<Connection> connection;
  private final ClientLimits limits;
  private final @Nullable ServerRequest request;
  private final @Nullable ServerResponse response;
  private int ahead;
  private Connection.@Nullable Deadline writing;

  private Exchange() {
    this.connection = Optional.empty();
    this.limits = ClientLimits.USUAL;
    this.request = null;
    this.response = null;
  }

  Exchange(
      Optional<Connection> connection,
      ClientLimits limits,
      ServerRequest request,
      ServerResponse response) {
    this.connection = connection;
    this.limits = limits;
    this.request = request;
    this.response = response;
  }

  /** What this thread answers. */
  public static Exchange current() {
    return CURRENT.orElse(UNKNOWN);
  }

  /** The path that was asked; empty where no request is answered. */
  public String path() {
    return request == null ? "" : request.path().path();
  }

  /** A header of the request, if there is one. */
  public Optional<String> header(String name) {
    return request == null ? Optional.empty() : request.headers().first(HeaderNames.create(name));
  }

  /**
   * The body of the request, which must come in time. Closing it reads the rest.
   *
   * @param request the one that this thread answers
   */
  public InputStream body(ServerRequest request) {
    return new TimedInput(request.content().inputStream());
  }

  /**
   * Where an answer is written that comes in pieces, each of which must be taken in time.
   *
   * @param response the one that this thread gives
   */
  public OutputStream output(ServerResponse response) {
    try (Writing _ = new Writing()) {
      return new TimedOutput(response.outputStream());
    }
  }

  /**
   * Whether nobody waits for the answer any more: the connection is closed, or the client has taken
   * the request back. Only for when the body has been read.
   */
  public boolean hasClientLeft() {
    if (connection.isEmpty() || request == null || response == null) {
      return false;
    }
    Connection its = connection.get();
    if (!its.isOpen()) {
      return true;
    }
    if (isHttp2()) {
      return ResetStreams.isReset(response);
    }
    if (!request.content().consumed() || ahead >= MOST_AHEAD) {
      return false;
    }
    // Whatever comes before the answer is the next request, or the end. What is taken of the former
    // is lost: the connection ends behind this answer, and clients send again what had none.
    int taken = 1;
    while (taken > 0 && ahead < MOST_AHEAD) {
      taken = its.poll(ByteBuffer.allocate(ahead == 0 ? 1 : 4_096));
      ahead += Math.max(0, taken);
    }
    return taken < 0;
  }

  private boolean isHttp2() {
    return request != null && request.prologue().protocolVersion().startsWith("2");
  }

  void begin() {
    connection.ifPresent(Connection::begin);
    if (response != null) {
      response.beforeSend(this::beginWriting);
      response.whenSent(this::endWriting);
    }
  }

  void end() {
    endWriting();
    boolean whole = request != null && request.content().consumed();
    // What is left of a body is read behind the answer, and then the next request.
    connection.ifPresent(it -> it.end(whole ? limits.idle() : limits.body()));
    if (!whole && isHttp2()) {
      connection.ifPresent(this::read);
    }
  }

  /** Requests of HTTP/2 have threads of their own, which wait for what another one reads. */
  private Connection.Deadline read(Connection its) {
    return its.reading(
        limits.body(), isHttp2() ? Optional.of(Thread.currentThread()) : Optional.empty());
  }

  /** Ends a connection of which more was read than belongs to this request. */
  void requireInStep() {
    if (ahead > 0) {
      throw new CloseConnectionException("the next request came before the answer");
    }
  }

  private void beginWriting() {
    endWriting();
    writing = connection.map(it -> it.writing(limits.write())).orElse(null);
  }

  private void endWriting() {
    Connection.Deadline before = writing;
    writing = null;
    if (before != null) {
      before.close();
    }
  }

  /** As long as something is written. */
  private final class Writing implements AutoCloseable {

    Writing() {
      beginWriting();
    }

    @Override
    public void close() {
      endWriting();
    }
  }

  /** Something that fails when the connection does. */
  private interface Step<T> {
    T take() throws IOException;
  }

  /**
   * Reads or writes. What fails then is the connection, and there is nobody to be told, save a
   * client that was too slow. Helidon lets this exception through, and no other.
   */
  private <T> T step(Step<T> step) {
    try {
      return step.take();
    } catch (IOException
        | UncheckedIOException
        | SocketWriterException
        | InsufficientDataAvailableException e) {
      if (connection.filter(Connection::isDeaf).isEmpty()) {
        throw new CloseConnectionException("the client has left", e);
      }
      throw tooSlow(e);
    } catch (ServerConnectionException e) {
      throw connection.filter(Connection::isDeaf).isEmpty() ? e : tooSlow(e);
    }
  }

  private HttpProblem tooSlow(Exception e) {
    HttpProblem problem =
        HttpProblem.of(
            408,
            "request_timeout",
            "The body of the request did not come in time: allowed are "
                + limits.body().toSeconds()
                + " s, and one more for each "
                + ClientLimits.BYTES_PER_SECOND
                + " bytes.");
    return (isHttp2() ? problem : problem.with("Connection", "close")).causedBy(e);
  }

  private final class TimedOutput extends OutputStream {
    private final OutputStream out;

    TimedOutput(OutputStream out) {
      this.out = out;
    }

    private void write(Step<OutputStream> step) {
      try (Writing _ = new Writing()) {
        step(step);
      }
    }

    @Override
    public void write(int one) {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      write(() -> {
        out.write(bytes, from, count);
        return out;
      });
    }

    @Override
    public void flush() {
      write(() -> {
        out.flush();
        return out;
      });
    }

    @Override
    public void close() {
      write(() -> {
        out.close();
        return out;
      });
    }
  }

  private final class TimedInput extends InputStream {

    private static final long NANOS_PER_BYTE = 1_000_000_000 / ClientLimits.BYTES_PER_SECOND;

    private final InputStream in;
    private final Optional<Connection.Deadline> deadline;
    private boolean ended;

    TimedInput(InputStream in) {
      this.in = in;
      this.deadline = connection.map(Exchange.this::read);
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int count) {
      int read;
      try {
        ended = true;
        read = step(() -> in.read(bytes, from, count));
      } catch (NumberFormatException e) {
        // So Helidon says that a chunk has no size (4.5.0). Where the next one is nobody knows.
        throw HttpProblem.of(400, "invalid_request", "A chunk of the body has no size.")
            .with("Connection", "close")
            .causedBy(e);
      }
      if (deadline.filter(Connection.Deadline::takePassed).isPresent()) {
        throw tooSlow(new InterruptedIOException());
      }
      ended = read < 0;
      if (ended) {
        deadline.ifPresent(Connection.Deadline::close);
      } else {
        deadline.ifPresent(it -> it.extend(read * NANOS_PER_BYTE));
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      try (in) {
        byte[] rest = new byte[4_096];
        while (!ended && read(rest, 0, rest.length) >= 0) {
          // Nobody wants it.
        }
      } finally {
        deadline.ifPresent(Connection.Deadline::close);
      }
    }
  }
}
