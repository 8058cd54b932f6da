package dev.candor.server.prefixes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * What the store asks of a disk, so that tests can let it be full.
 *
 * @param freeBytes that files in a folder may still take
 * @param through what files are written through
 */
record PrefixDisk(ToLongFunction<Path> freeBytes, UnaryOperator<WritableByteChannel> through) {

  static final PrefixDisk REAL = new PrefixDisk(PrefixDisk::usable, UnaryOperator.identity());

  private static long usable(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
