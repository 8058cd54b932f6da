package dev.candor.engine.generation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the file system says of the files of a model, so that it can be seen later whether anybody
 * has written to them or put others in their place. Where it keeps the time at which a file's entry
 * last changed, that is what counts most: no program can set it.
 *
 * <p>It does not see what is written by whoever sets the machine's clock back or writes past the
 * file system, nor a second write within one tick of its clock.
 */
final class FileStamps {

  private static final String UNIX = "unix:dev,ino,size,ctime,lastModifiedTime";

  private final Path path;
  private final Map<String, String> stamps;

  private FileStamps(Path path, Map<String, String> stamps) {
    this.path = path;
    this.stamps = stamps;
  }

  /** Of a file, or of the files of a folder that make a model. */
  static FileStamps of(Path path) {
    return new FileStamps(path, read(path));
  }

  /** Whether all of it is still as it was. */
  boolean hold() {
    return read(path).equals(stamps);
  }

  private static Map<String, String> read(Path path) {
    Map<String, String> stamps = new TreeMap<>();
    try {
      for (Path file : files(path)) {
        stamps.put(file.toString(), stamp(file));
      }
    } catch (IOException | UncheckedIOException e) {
      // Whoever opens or reads it is told; a file that is gone has changed.
      stamps.put("", String.valueOf(e.getMessage()));
    }
    return stamps;
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    List<String> names;
    try (Stream<Path> entries = Files.list(path)) {
      names = entries.map(entry -> entry.getFileName().toString()).toList();
    }
    List<Path> files = new ArrayList<>();
    ModelDigest.parts(names).forEach(name -> files.add(path.resolve(name)));
    return files;
  }

  private static String stamp(Path file) throws IOException {
    try {
      return new TreeMap<>(Files.readAttributes(file, UNIX)).toString();
    } catch (UnsupportedOperationException e) {
      BasicFileAttributes basic =
          Files.readAttributes(file, BasicFileAttributes.class, new LinkOption[0]);
      return basic.size() + " " + basic.lastModifiedTime() + " " + basic.fileKey();
    }
  }
}
