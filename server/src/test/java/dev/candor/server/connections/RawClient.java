package dev.candor.server.connections;

import dev.candor.server.ServedHome;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that says what it is told to, byte for byte. */
public final class RawClient implements Closeable {

  private final Socket socket;
  private final String host;

  /** Connects to a server. */
  public RawClient(ServedHome home) throws IOException {
    this(new Socket("127.0.0.1", home.at("/").getPort()));
  }

  /** Speaks through a socket. */
  public RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.host = "127.0.0.1:" + socket.getPort();
    socket.setTcpNoDelay(true);
  }

  /** Sends characters, in which ' stands for ". */
  public void say(String text) throws IOException {
    socket.getOutputStream().write(text.replace('\'', '"').getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Sends a request. */
  public void get(String path) throws IOException {
    say("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  /** Sends a request with a body. */
  public void post(String path, String body) throws IOException {
    head(path, body.length());
    say(body);
  }

  /** Sends the head of a request with a body of so many bytes. */
  public void head(String path, int bytes) throws IOException {
    say("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
    say("Content-Length: " + bytes + "\r\n\r\n");
  }

  /** What comes until this has come, or the end. */
  public String hear(String end) throws IOException {
    socket.setSoTimeout(60_000);
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    while (!heard.toString(StandardCharsets.ISO_8859_1).contains(end)) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      heard.write(next);
    }
    return heard.toString(StandardCharsets.ISO_8859_1);
  }

  /**
   * Whether the server ends the connection within so much time; what it says until then is lost.
   */
  public boolean isEndedWithin(Duration most) throws IOException {
    long end = System.nanoTime() + most.toNanos();
    byte[] some = new byte[65_536];
    while (System.nanoTime() < end) {
      try {
        socket.setSoTimeout(100);
        if (socket.getInputStream().read(some) < 0) {
          return true;
        }
      } catch (SocketTimeoutException e) {
        // It is still there.
      } catch (SocketException e) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
