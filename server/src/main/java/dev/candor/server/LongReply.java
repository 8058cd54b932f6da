package dev.candor.server;

import dev.candor.server.connections.Exchange;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A reply of JSON that may take long. When it does, blanks go out before it, which JSON allows:
 * they show whoever waits that the connection lives, and show the server when nobody waits any
 * more. A failure behind the first blank has no status of its own; the body then ends without its
 * end.
 */
public final class LongReply {

  private static final int SECONDS_BEFORE_THE_STATUS = 5;

  private final ServerResponse response;
  private int seconds;
  private @Nullable OutputStream out;

  /** A reply that has not begun. */
  public LongReply(ServerResponse response) {
    this.response = response;
  }

  /** A header, if it is not too late for one. */
  public void header(String name, String value) {
    if (out == null) {
      response.header(name, value);
    }
  }

  /** Another second has passed. */
  public void second() {
    if (++seconds >= SECONDS_BEFORE_THE_STATUS) {
      write(begun(), new byte[] {' '});
    }
  }

  private OutputStream begun() {
    OutputStream stream = out;
    if (stream == null) {
      response.header("Content-Type", "application/json");
      stream = Exchange.current().output(response);
      out = stream;
    }
    return stream;
  }

  private static void write(OutputStream stream, byte[] bytes) {
    try {
      stream.write(bytes);
      stream.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends all of it. */
  public void send(Object json) {
    byte[] body = JsonText.of(json).getBytes(StandardCharsets.UTF_8);
    OutputStream stream = out;
    if (stream == null) {
      response.header("Content-Type", "application/json").send(body);
      return;
    }
    write(stream, body);
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
