package dev.candor.server.connections;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP connection of a client, and until when it must have done what it is to do next. Safe for
 * use by many threads.
 */
final class Connection {

  /** So long an answer that says what was wrong has, once nothing is read any more. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final SocketChannel channel;
  private final InetSocketAddress remote;
  private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();
  private int requests;
  private long quietEndNanos;
  private boolean deaf;
  private long lastWordsNanos;

  /** Something that the client has to do. Closed when it has done it. */
  final class Deadline implements AutoCloseable {
    private final boolean reads;
    private final Optional<Thread> waits;
    private long endNanos;
    private boolean passed;

    private Deadline(boolean reads, Optional<Thread> waits, Duration most) {
      this.reads = reads;
      this.waits = waits;
      this.endNanos = System.nanoTime() + most.toNanos();
    }

    /** It has done a part of it. */
    synchronized void extend(long nanos) {
      endNanos += nanos;
    }

    private synchronized boolean isPast(long now) {
      return now - endNanos > 0;
    }

    private synchronized void pass() {
      if (deadlines.remove(this)) {
        passed = true;
        waits.ifPresent(Thread::interrupt);
      }
    }

    /** Whether the thread that waited was interrupted for it, which it then is no longer. */
    synchronized boolean takePassed() {
      if (passed) {
        var unused = Thread.interrupted();
      }
      return passed;
    }

    @Override
    public synchronized void close() {
      deadlines.remove(this);
    }
  }

  /**
   * @param head how long until its first request must be there
   */
  Connection(SocketChannel channel, InetSocketAddress remote, Duration head) {
    this.channel = channel;
    this.remote = remote;
    this.quietEndNanos = System.nanoTime() + head.toNanos();
  }

  InetAddress address() {
    return remote.getAddress();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /**
   * The client has to send what is being read.
   *
   * @param waits the thread that waits for it, if it does not read from the connection itself
   */
  Deadline reading(Duration most, Optional<Thread> waits) {
    Deadline deadline = new Deadline(true, waits, most);
    deadlines.add(deadline);
    return deadline;
  }

  /** The client has to take what is being written. */
  Deadline writing(Duration most) {
    Deadline deadline = new Deadline(false, Optional.empty(), most);
    deadlines.add(deadline);
    return deadline;
  }

  /** A request is there. */
  synchronized void begin() {
    requests++;
  }

  /**
   * A request is answered.
   *
   * @param quiet how long until the next must be there
   */
  synchronized void end(Duration quiet) {
    requests--;
    quietEndNanos = System.nanoTime() + quiet.toNanos();
  }

  /** Whether the client has not sent in time what was being read. */
  synchronized boolean isDeaf() {
    return deaf;
  }

  /** Ends what is late; where a body is, only what is read, so that there can be an answer. */
  synchronized void watch(long now) {
    boolean late = false;
    boolean stuck = requests == 0 && now - quietEndNanos > 0 || deaf && now - lastWordsNanos > 0;
    for (Deadline each : deadlines) {
      if (each.isPast(now) && each.waits.isPresent()) {
        each.pass();
      } else if (each.isPast(now)) {
        late |= each.reads;
        stuck |= !each.reads;
      }
    }
    try {
      if (stuck) {
        channel.close();
      } else if (late && !deaf) {
        deaf = true;
        lastWordsNanos = now + LAST_WORDS.toNanos();
        channel.shutdownInput();
      }
    } catch (ClosedChannelException e) {
      // It has ended by itself.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It is closed: whoever waits for something from it waits no more. */
  void abandon() {
    deadlines.forEach(Deadline::pass);
  }

  /**
   * Looks whether something has come, without waiting. Only for whoever alone reads.
   *
   * @return how many bytes were taken, at most those that the buffer has room for; negative if the
   *     client has closed the connection
   */
  int poll(ByteBuffer buffer) {
    try {
      channel.configureBlocking(false);
      try {
        return channel.read(buffer);
      } finally {
        channel.configureBlocking(true);
      }
    } catch (IOException e) {
      return -1;
    }
  }
}
