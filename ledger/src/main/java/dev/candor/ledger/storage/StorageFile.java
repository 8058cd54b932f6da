package dev.candor.ledger.storage;

import java.io.IOException;

/** An open file of a {@link StorageFolder}. Not for use by several threads at once. */
interface StorageFile extends AutoCloseable {

  /** Its bytes now. */
  long size() throws IOException;

  /**
   * The bytes from a position on, in the order in which they stand.
   *
   * @return as many as asked for, or fewer at the end of the file
   */
  byte[] read(long position, int length) throws IOException;

  /** Writes all these bytes. After an exception any part of them may have been written. */
  void write(long position, byte[] bytes) throws IOException;

  /** Cuts what is behind this size. */
  void truncate(long size) throws IOException;

  /** Returns when bytes and size would survive a loss of power; the name is the folder's matter. */
  void force() throws IOException;

  @Override
  void close() throws IOException;
}
