package dev.candor.training.data;

/** Told how far work on rows is. */
@FunctionalInterface
public interface DataProgress {

  /** For whoever does not want to know. */
  DataProgress SILENT = (what, done, total) -> {};

  /**
   * @param what is being done, such as {@code comparing rows}
   * @param done how much of it
   * @param total all of it
   */
  void update(String what, long done, long total);
}
