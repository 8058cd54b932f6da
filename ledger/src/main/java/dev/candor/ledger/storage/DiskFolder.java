package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of the machine's file system. Files are {@link RandomAccessFile}s and not channels: an
 * interrupted thread would close a channel in the middle of a commit.
 */
final class DiskFolder implements StorageFolder {

  private static final String LOCK = "lock";

  /** Where one waits at the door, the second byte of the lock file; see {@link #tryLock}. */
  private static final long DOOR = 1L << 40;

  private static final long ROOM = DOOR + 1;
  private static final int MOST_HOLDER_BYTES = 512;

  /**
   * Who holds a lock within this process: the operating system's locks are between processes, and
   * closing any descriptor of the lock file gives them up.
   */
  private static final ConcurrentHashMap<Path, Semaphore> HELD_HERE = new ConcurrentHashMap<>();

  private final Path path;
  private final Semaphore heldHere;
  private @Nullable RandomAccessFile lockFile;
  private @Nullable FileLock door;
  private @Nullable FileLock room;
  private boolean held;

  private DiskFolder(Path path) {
    this.path = path;
    this.heldHere = HELD_HERE.computeIfAbsent(path, key -> new Semaphore(1));
  }

  /** An existing folder. */
  static DiskFolder of(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new LedgerException(
          "missing",
          path + " is not a folder, so there is no ledger in it",
          "Check the path; a ledger begins with the first thing that is logged.");
    }
    return new DiskFolder(path.toRealPath());
  }

  /** A folder that is made if it is not there, durably and with what leads to it. */
  static DiskFolder create(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path existing = absolute;
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = parent(existing);
    }
    Files.createDirectories(absolute);
    for (Path made = absolute; !made.equals(existing); made = parent(made)) {
      force(parent(made));
    }
    return of(absolute);
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new NoSuchFileException(path.toString());
    }
    return parent;
  }

  @Override
  public String location() {
    return path.toString();
  }

  @Override
  public StorageFile open(String name) throws IOException {
    return new DiskFile(new RandomAccessFile(path.resolve(name).toFile(), "rw"));
  }

  @Override
  public Optional<StorageFile> openExisting(String name) throws IOException {
    Path file = path.resolve(name);
    try {
      return Optional.of(new DiskFile(new RandomAccessFile(file.toFile(), "r")));
    } catch (FileNotFoundException e) {
      // Thrown as well for a file that may not be read, or is a folder.
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    try (Stream<Path> inside = Files.list(path.resolve(folder))) {
      return inside.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  @Override
  public long size(String name) throws IOException {
    Path file = path.resolve(name);
    return Files.isRegularFile(file) ? Files.size(file) : 0;
  }

  @Override
  public void createFolder(String name) throws IOException {
    try {
      Files.createDirectory(path.resolve(name));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path.resolve(name))) {
        throw e;
      }
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(
        path.resolve(from),
        path.resolve(to),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void forceFolder(String name) throws IOException {
    force(path.resolve(name));
  }

  /** Where folders cannot be opened, the file system keeps its own journal of names. */
  private static void force(Path folder) throws IOException {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Two locks, taken one after the other: a door and the room behind it. Who waits for the room
   * holds the door, so that a process which commits without a pause cannot keep another out.
   */
  @Override
  public boolean tryLock(String holder) throws IOException {
    if (!held) {
      held = heldHere.tryAcquire();
      if (!held) {
        return false;
      }
    }
    RandomAccessFile file = lockFile;
    if (file == null) {
      file = new RandomAccessFile(path.resolve(LOCK).toFile(), "rw");
      lockFile = file;
    }
    FileLock atDoor = door == null ? file.getChannel().tryLock(DOOR, 1, false) : door;
    door = atDoor;
    if (atDoor == null) {
      return false;
    }
    room = file.getChannel().tryLock(ROOM, 1, false);
    if (room == null) {
      return false;
    }
    door = null;
    atDoor.release();
    byte[] bytes = (holder + "\n").getBytes(StandardCharsets.UTF_8);
    file.seek(0);
    file.write(bytes);
    file.setLength(bytes.length);
    return true;
  }

  @Override
  public void unlock() throws IOException {
    FileLock inRoom = room;
    FileLock atDoor = door;
    room = null;
    door = null;
    try {
      if (inRoom != null) {
        inRoom.release();
      }
      if (atDoor != null) {
        atDoor.release();
      }
    } finally {
      if (held) {
        held = false;
        heldHere.release();
      }
    }
  }

  @Override
  public String lockHolder() throws IOException {
    RandomAccessFile file = lockFile;
    if (!held || file == null) {
      return "this process, which has the ledger open twice";
    }
    byte[] bytes = new byte[(int) Math.min(file.length(), MOST_HOLDER_BYTES)];
    file.seek(0);
    file.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  @Override
  public long freeBytes() throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    RandomAccessFile file = lockFile;
    if (file != null) {
      // Closing it while another part of this process holds the lock would give that lock up.
      heldHere.acquireUninterruptibly();
      try {
        file.close();
        lockFile = null;
      } finally {
        heldHere.release();
      }
    }
  }

  private record DiskFile(RandomAccessFile file) implements StorageFile {

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public byte[] read(long position, int length) throws IOException {
      byte[] bytes = new byte[length];
      file.seek(position);
      int read = 0;
      while (read < length) {
        int count = file.read(bytes, read, length - read);
        if (count < 0) {
          return Arrays.copyOf(bytes, read);
        }
        read += count;
      }
      return bytes;
    }

    @Override
    public void write(long position, byte[] bytes) throws IOException {
      file.seek(position);
      file.write(bytes);
    }

    @Override
    public void truncate(long size) throws IOException {
      file.setLength(size);
    }

    @Override
    public void force() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
