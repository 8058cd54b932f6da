package dev.candor.cli.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A zip archive, wheels included, of which nothing is trusted: its table of contents is bounded
 * before it is read, every name must stay inside, and no entry may unfold to far more than it takes
 * in the archive.
 */
final class ZipArchive implements AutoCloseable {

  /** The longest table of contents: some ten thousand entries. */
  private static final long LONGEST_DIRECTORY_BYTES = 4L << 20;

  private static final int MOST_ENTRIES = 20_000;

  /**
   * Weights hardly compress; deflate cannot do more than about 1000. Small files are exempt: text
   * may repeat itself.
   */
  private static final long HIGHEST_RATIO = 100;

  private static final long EXEMPT_BYTES = 1L << 20;

  private static final int END_BYTES = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;

  private final Path file;
  private final ZipFile zip;
  private final List<ZipEntry> entries;

  private ZipArchive(Path file, ZipFile zip, List<ZipEntry> entries) {
    this.file = file;
    this.zip = zip;
    this.entries = entries;
  }

  /**
   * Opens an archive.
   *
   * @throws StoreException {@code store.malformed-archive}, {@code store.unsafe-name}, {@code
   *     store.too-large}
   */
  static ZipArchive open(Path file) {
    try {
      requireShortDirectory(file);
      ZipFile zip = new ZipFile(file.toFile(), StandardCharsets.UTF_8);
      try {
        List<ZipEntry> entries = new ArrayList<>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
          SafeNames.requireRelative(
              entry.isDirectory() ? entry.getName().replaceFirst("/$", "") : entry.getName());
          if (!entry.isDirectory()) {
            entries.add(entry);
          }
          if (entries.size() > MOST_ENTRIES) {
            throw tooManyEntries(file);
          }
        }
        return new ZipArchive(file, zip, List.copyOf(entries));
      } catch (RuntimeException e) {
        zip.close();
        throw e;
      }
    } catch (ZipException e) {
      throw malformed(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Staging.failed(e, file);
    }
  }

  Path file() {
    return file;
  }

  /** The files in it; their names are safe relative paths. */
  List<ZipEntry> entries() {
    return entries;
  }

  /**
   * Opens one entry for reading, after its declared sizes have been found plausible.
   *
   * @return a stream that ends with {@code store.malformed-archive} where the entry's data does not
   *     keep to what it declares
   */
  InputStream read(ZipEntry entry) {
    if (entry.getSize() < 0 || entry.getCompressedSize() < 0) {
      throw malformed(file, entry.getName() + " does not declare its size");
    }
    if (entry.getSize() > EXEMPT_BYTES
        && entry.getSize() / HIGHEST_RATIO > entry.getCompressedSize()) {
      throw new StoreException(
          "too-large",
          file.getFileName()
              + ": "
              + SafeNames.printable(entry.getName())
              + " unfolds from "
              + entry.getCompressedSize()
              + " to "
              + entry.getSize()
              + " bytes, more than "
              + HIGHEST_RATIO
              + " times",
          "Do not use this archive; it may be malicious.");
    }
    try {
      return new DeclaredLength(zip.getInputStream(entry), entry.getSize(), file);
    } catch (IOException e) {
      throw malformed(file, String.valueOf(e.getMessage()));
    }
  }

  /** A short text file of the archive. */
  String text(ZipEntry entry, int limitBytes) {
    if (entry.getSize() > limitBytes) {
      throw new StoreException(
          "too-large",
          SafeNames.printable(entry.getName()) + " is longer than " + limitBytes + " bytes",
          "Do not use this archive; it may be malicious.");
    }
    try (InputStream in = read(entry)) {
      return new String(in.readNBytes(limitBytes), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw malformed(file, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw Staging.failed(e, file);
    }
  }

  static StoreException malformed(Path file, String why) {
    return new StoreException(
        "malformed-archive",
        file.getFileName() + " is not a sound zip archive: " + SafeNames.printable(why),
        "Fetch the archive again.");
  }

  private static StoreException tooManyEntries(Path file) {
    return new StoreException(
        "too-large",
        file.getFileName() + " has a table of contents beyond " + MOST_ENTRIES + " entries",
        "Do not use this archive; it may be malicious.");
  }

  /**
   * Reads the end record (APPNOTE.TXT 4.3.14 to 4.3.16): {@link ZipFile} would read a table of
   * contents of any size into memory.
   */
  private static void requireShortDirectory(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size < END_BYTES) {
        throw malformed(file, "it is too short");
      }
      ByteBuffer tail =
          ByteBuffer.allocate((int) Math.min(size, END_BYTES + 65_535 + LOCATOR64_BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      long start = size - tail.capacity();
      readFully(channel, tail, start);
      int end = tail.capacity() - END_BYTES;
      while (end >= 0
          && (tail.getInt(end) != END_SIGNATURE
              || end + END_BYTES + Short.toUnsignedInt(tail.getShort(end + 20))
                  != tail.capacity())) {
        end--;
      }
      if (end < 0) {
        throw malformed(file, "it has no table of contents");
      }
      long count = Short.toUnsignedLong(tail.getShort(end + 10));
      long bytes = Integer.toUnsignedLong(tail.getInt(end + 12));
      int locator = end - LOCATOR64_BYTES;
      if (locator >= 0 && tail.getInt(locator) == LOCATOR64_SIGNATURE) {
        long at = tail.getLong(locator + 8);
        if (at < 0 || at > size - 56) {
          throw malformed(file, "its table of contents lies outside of it");
        }
        ByteBuffer record = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, record, at);
        if (record.getInt(0) != END64_SIGNATURE) {
          throw malformed(file, "its table of contents is damaged");
        }
        count = record.getLong(32);
        bytes = record.getLong(40);
      }
      if (count < 0 || count > MOST_ENTRIES || bytes < 0 || bytes > LONGEST_DIRECTORY_BYTES) {
        throw tooManyEntries(file);
      }
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, long position)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
  }

  /** Passes on exactly as many bytes as the entry declares, or fails. */
  private static final class DeclaredLength extends InputStream {
    private final InputStream in;
    private final Path file;
    private long remaining;

    DeclaredLength(InputStream in, long length, Path file) {
      this.in = in;
      this.remaining = length;
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read;
      try {
        read = in.read(target, offset, length);
      } catch (ZipException | EOFException e) {
        throw malformed(file, String.valueOf(e.getMessage()));
      }
      if (read < 0) {
        if (remaining != 0) {
          throw malformed(file, "an entry is shorter than it declares");
        }
        return -1;
      }
      remaining -= read;
      if (remaining < 0) {
        throw malformed(file, "an entry is longer than it declares");
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
