package dev.candor.server.batching;

import io.helidon.webserver.CloseConnectionException;

/** Nobody waits for the answer any more, and nothing more can be said on the connection. */
public final class ClientLeft extends CloseConnectionException {

  private static final long serialVersionUID = 1;

  /** The client has closed its connection, or the server ends. */
  public ClientLeft() {
    super("nobody waits for the answer any more");
  }
}
