package dev.candor.cli.store;

import java.util.concurrent.locks.LockSupport;

/**
 * Work that leaves something half done: a process that is told to end (SIGINT, SIGTERM) takes it
 * away, until this is closed.
 */
final class BegunWork implements AutoCloseable {

  private final Thread atExit;

  /**
   * @param name of the thread that takes it away
   */
  BegunWork(String name, Runnable abandon) {
    atExit = new Thread(abandon, name);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process is ending, and the files are taken away under whoever writes them: what came of
      // that is not worth a message.
      while (true) {
        LockSupport.park();
      }
    }
  }
}
