package dev.candor.server;

import dev.candor.server.connections.Exchange;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events (WHATWG HTML, 9.2): lines that begin with {@code data: }, and comments, which
 * clients pass over and by which a connection shows that it lives. Each goes out at once.
 */
public final class EventStream implements AutoCloseable {

  /**
   * So long a refusal in the queue still gets a status of its own. Then the response begins all the
   * same: whether a client has left shows only when something is written to it.
   */
  public static final int SECONDS_BEFORE_THE_STATUS = 10;

  private final OutputStream out;

  /** Begins the response. */
  public EventStream(ServerResponse response) {
    response
        .header("Content-Type", "text/event-stream; charset=utf-8")
        .header("Cache-Control", "no-cache")
        .header("X-Accel-Buffering", "no");
    out = Exchange.current().output(response);
  }

  /** An event. */
  public void data(Object json) {
    write("data: " + JsonText.of(json) + "\n\n");
  }

  /** An event with a name. */
  public void data(String name, Object json) {
    write("event: " + name + "\ndata: " + JsonText.of(json) + "\n\n");
  }

  /** An event that is no JSON. */
  public void text(String text) {
    write("data: " + text + "\n\n");
  }

  /** An event with a name, of text that may have several lines. */
  public void text(String name, String text) {
    write("event: " + name + "\ndata: " + text.replace("\n", "\ndata: ") + "\n\n");
  }

  /** What clients pass over. */
  public void comment(String text) {
    write(": " + text + "\n\n");
  }

  private void write(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
