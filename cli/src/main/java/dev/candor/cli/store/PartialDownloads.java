package dev.candor.cli.store;

import dev.candor.cli.store.ModelSource.HubRepository;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Files of hubs that are not complete yet, {@code <repository>-<path>-<version>.part}, each word a
 * digest: kept so that a later run goes on with them, but not for ever.
 *
 * @param folder where they grow
 */
record PartialDownloads(Path folder) {

  /**
   * How long an unfinished download is kept that nobody goes on with. Whoever still wants it comes
   * back within a holiday and a long weekend; later, gigabytes that no command lists are only lost
   * disk.
   */
  static final Duration KEPT = Duration.ofDays(30);

  /**
   * Where a version of a file grows.
   *
   * @param file names one file of a repository
   * @param version tells contents of the file apart
   */
  Path part(HubRepository file, String version) {
    return folder.resolve(prefix(file) + word(version) + ".part");
  }

  /** Deletes all versions of the file, or of all files of the repository if it names none. */
  void forget(HubRepository source) {
    delete(entry -> entry.getFileName().toString().startsWith(prefix(source)));
  }

  /** Deletes what nobody has gone on with for {@link #KEPT}. */
  void sweep() {
    Instant oldest = Instant.now().minus(KEPT);
    delete(entry -> {
      try {
        return Files.getLastModifiedTime(entry).toInstant().isBefore(oldest);
      } catch (IOException e) {
        return false; // Gone meanwhile.
      }
    });
  }

  /** The right to write to a part; nothing if another process or thread has it. */
  static Optional<FileLock> lock(FileChannel part) throws IOException {
    try {
      return Optional.ofNullable(part.tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    }
  }

  private void delete(Predicate<Path> unwanted) {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.filter(unwanted).toList()) {
        if (Files.isDirectory(entry)) {
          Staging.delete(entry);
        } else {
          deleteUnlessInUse(entry);
        }
      }
    } catch (NoSuchFileException e) {
      return; // Nothing was ever downloaded.
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
  }

  private static void deleteUnlessInUse(Path part) throws IOException {
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      if (lock(channel).isPresent()) {
        Files.delete(part);
      }
    }
  }

  private static String prefix(HubRepository source) {
    return word(source.repository()) + "-" + source.file().map(path -> word(path) + "-").orElse("");
  }

  private static String word(String text) {
    return Digests.sha256(text).substring(0, 16);
  }
}
