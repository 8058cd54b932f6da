package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A weights file, opened once: what is checked is what is mapped, through the same open channel,
 * whatever happens to the name meanwhile.
 */
final class WeightsFile implements AutoCloseable {

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private WeightsFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  /** Opens a regular file; a device or a pipe is refused before it is opened. */
  static WeightsFile open(Path path) {
    try {
      Path real = path.toRealPath();
      if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
        throw new WeightsException(
            "not-a-file", path.getFileName() + " is not a regular file", "Give a weights file.");
      }
      FileChannel channel =
          FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      return new WeightsFile(path, channel, channel.size());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * The path of a file that a document in the folder names: a plain name, and nothing that a
   * symbolic link leads out of the folder (but into the blobs of a Hugging Face cache, whose
   * snapshots are such links).
   */
  static Path member(Path folder, String name) {
    boolean plain =
        !name.isEmpty()
            && name.length() <= 255
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw unsafe(folder, name);
    }
    try {
      Path real = folder.resolve(name).toRealPath();
      Path home = folder.toRealPath();
      Path snapshots = home.getParent();
      boolean inCache =
          snapshots != null
              && snapshots.endsWith("snapshots")
              && real.startsWith(snapshots.resolveSibling("blobs"));
      if (!real.startsWith(home) && !inCache) {
        throw unsafe(folder, name);
      }
      return real;
    } catch (IOException e) {
      throw unreadable(folder.resolve(name), e);
    }
  }

  private static WeightsException unsafe(Path folder, String name) {
    return new WeightsException(
        "unsafe-path",
        folder.getFileName()
            + ": the file name \""
            + printable(name)
            + "\" leads out of the folder",
        "Use files that lie in the folder itself; this one may be malicious.");
  }

  /** Text of a file as an error message may show it: no control characters, not endless. */
  static String printable(String text) {
    String visible = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return visible.length() <= 200 ? visible : visible.substring(0, 200) + "…";
  }

  static WeightsException unreadable(Path path, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return new WeightsException(
          "missing-file", path + " does not exist", "Check the path; the model may be incomplete.");
    }
    return new WeightsException(
        "unreadable",
        path + " cannot be read: " + cause.getMessage(),
        "Check that the file exists and that you may read it.");
  }

  Path path() {
    return path;
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  /** Bytes of the file when it was opened. */
  long size() {
    return size;
  }

  /**
   * A copy of the bytes in [position, position + length).
   *
   * @param what names the part in an error message
   */
  ByteBuffer read(long position, int length, String what) {
    if (length > size - position) {
      throw truncated(what);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(bytes, position);
    return bytes.flip();
  }

  /** Fills the buffer up to its limit with the bytes from the position on, which must be there. */
  void fill(ByteBuffer bytes, long position) {
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, position + bytes.position()) < 0) {
          throw changed();
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Maps [position, position + length) for reading, if the file still is as long as it was. */
  MemorySegment map(long position, long length, Arena arena) {
    try {
      if (channel.size() != size) {
        throw changed();
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, position, length, arena);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  WeightsException truncated(String what) {
    return new WeightsException(
        "truncated",
        name() + ": the file ends after " + size + " bytes, within " + what,
        "Download the file again.");
  }

  WeightsException malformed(String problem) {
    return new WeightsException(
        "malformed", name() + ": " + problem, "Use an undamaged file; this one may be malicious.");
  }

  WeightsException tooLarge(String what, long found, long limit) {
    return new WeightsException(
        "too-large",
        name() + ": " + what + " is " + Long.toUnsignedString(found) + ", allowed are " + limit,
        "Use a file within the limits; this one may be malicious.");
  }

  private WeightsException changed() {
    return new WeightsException(
        "changed",
        name() + ": the file changed while it was opened",
        "Wait until nothing writes to the file, and open it again.");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }
}
