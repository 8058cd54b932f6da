package dev.candor.server.batching;

/** Nobody waits for the answer any more. */
public final class ClientLeft extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The client has closed its connection, or the server ends. */
  public ClientLeft() {
    super("nobody waits for the answer any more");
  }
}
