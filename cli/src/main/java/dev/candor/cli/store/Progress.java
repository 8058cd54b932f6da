package dev.candor.cli.store;

/** Told how far an addition is; called often, from one thread at a time. */
@FunctionalInterface
public interface Progress {

  /** For whoever does not want to know. */
  Progress SILENT = (what, doneBytes, totalBytes) -> {};

  /**
   * @param what the file that is being fetched, unpacked or copied
   * @param doneBytes how much of it is there
   * @param totalBytes its size, or -1 if nobody has said
   */
  void update(String what, long doneBytes, long totalBytes);
}
