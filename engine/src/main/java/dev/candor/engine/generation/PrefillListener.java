package dev.candor.engine.generation;

/** Sees the progress of reading a prompt. Called on the thread that reads. */
@FunctionalInterface
public interface PrefillListener {

  /** Looks at nothing. */
  PrefillListener NONE = (done, total) -> true;

  /**
   * A part of the tokens was read.
   *
   * @param done how many of the given tokens are read
   * @param total how many were given
   * @return whether to go on; {@code false} leaves the session with the tokens read so far
   */
  boolean onProgress(int done, int total);
}
