package dev.candor.engine.models;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/**
 * Working memory that nobody uses at the moment. A model that serves several sequences at once
 * takes one per forward pass and gives it back, so that there are only as many as passes ever ran
 * at the same time, and none is allocated per token.
 */
public final class IdleBuffers<B> {

  private final Supplier<B> allocate;
  private final ArrayDeque<B> idle = new ArrayDeque<>();

  /**
   * @param allocate makes a new one when none is idle
   */
  public IdleBuffers(Supplier<B> allocate) {
    this.allocate = allocate;
  }

  /** One that is the caller's alone until {@link #giveBack}; its content is arbitrary. */
  public B take() {
    synchronized (idle) {
      B buffers = idle.pollLast();
      if (buffers != null) {
        return buffers;
      }
    }
    return allocate.get();
  }

  /** Ends the use of what {@link #take} gave. */
  public void giveBack(B buffers) {
    synchronized (idle) {
      idle.addLast(buffers);
    }
  }
}
