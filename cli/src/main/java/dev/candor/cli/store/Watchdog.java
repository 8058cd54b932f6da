package dev.candor.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends a response that does not keep coming: within each span of the settings' patience it must
 * bring at least so many bytes, or its stream is closed under the reader. A read of the JDK's
 * client has no time-out of its own.
 */
final class Watchdog implements AutoCloseable {

  private final AtomicLong received = new AtomicLong();
  private final AtomicBoolean starved = new AtomicBoolean();
  private final Thread thread;

  Watchdog(InputStream body, HubSettings settings) {
    this.thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                long before = 0;
                while (true) {
                  Thread.sleep(settings.patience());
                  long now = received.get();
                  if (now - before < settings.leastBytes()) {
                    starved.set(true);
                    body.close();
                    return;
                  }
                  before = now;
                }
              } catch (InterruptedException | IOException e) {
                // Closed by the reader, who is done.
                return;
              }
            });
  }

  void received(long bytes) {
    received.addAndGet(bytes);
  }

  /** Throws if the stream was closed because too little came. */
  void requireAlive() throws HttpTimeoutException {
    if (starved.get()) {
      throw new HttpTimeoutException("too few bytes arrive");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
