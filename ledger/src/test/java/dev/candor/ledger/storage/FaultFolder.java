package dev.candor.ledger.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A {@link FaultDisk} as one process uses it. */
final class FaultFolder implements StorageFolder {

  private final FaultDisk disk;
  private boolean locks;

  FaultFolder(FaultDisk disk) {
    this.disk = disk;
  }

  /** Where in the ledger's own code a force is asked for: class, method and line. */
  static String caller() {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .filter(frame -> !frame.getClassName().contains(".Fault"))
                .findFirst()
                .map(frame ->
                    frame.getClassName().replaceFirst(".*\\.", "")
                        + "."
                        + frame.getMethodName()
                        + ":"
                        + frame.getLineNumber())
                .orElseThrow());
  }

  private boolean asks() {
    String caller = caller();
    disk.forces.add(caller);
    return !disk.forgotten.equals(caller);
  }

  private void before(String kind, String name) throws IOException {
    disk.faults.before(new FaultDisk.Operation(kind, name));
  }

  private void after(String kind, String name) {
    FaultDisk.Operation operation = new FaultDisk.Operation(kind, name);
    disk.journal.add(operation);
    disk.observer.accept(operation);
  }

  private FaultDisk.FolderNode parent(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    if (disk.find(slash < 0 ? "" : name.substring(0, slash))
        instanceof FaultDisk.FolderNode folder) {
      return folder;
    }
    throw new NoSuchFileException(name);
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  @Override
  public String location() {
    return "memory";
  }

  @Override
  public StorageFile open(String name) throws IOException {
    if (!(disk.find(name) instanceof FaultDisk.FileNode)) {
      before("create", name);
      FaultDisk.FileNode made = new FaultDisk.FileNode(new byte[0], name.startsWith("tile/"));
      parent(name).change(names -> names.put(last(name), made));
      after("create", name);
    }
    return openExisting(name).orElseThrow();
  }

  @Override
  public Optional<StorageFile> openExisting(String name) {
    return disk.find(name) instanceof FaultDisk.FileNode file
        ? Optional.of(new OpenFile(name, file))
        : Optional.empty();
  }

  @Override
  public List<String> list(String folder) {
    return disk.find(folder) instanceof FaultDisk.FolderNode node
        ? List.copyOf(node.names.keySet())
        : List.of();
  }

  @Override
  public long size(String name) {
    return disk.find(name) instanceof FaultDisk.FileNode file ? file.bytes.length : 0;
  }

  @Override
  public void createFolder(String name) throws IOException {
    if (disk.find(name) == null) {
      before("mkdir", name);
      FaultDisk.FolderNode made = new FaultDisk.FolderNode();
      parent(name).change(names -> names.put(last(name), made));
      after("mkdir", name);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    before("rename", from);
    FaultDisk.Node moved = disk.find(from);
    if (moved == null || parent(from) != parent(to)) {
      throw new NoSuchFileException(from);
    }
    parent(from)
        .change(names -> {
          names.remove(last(from));
          names.put(last(to), moved);
        });
    after("rename", from);
  }

  @Override
  public void forceFolder(String name) throws IOException {
    before("force-folder", name);
    if (asks()) {
      if (!(disk.find(name) instanceof FaultDisk.FolderNode folder)) {
        throw new NoSuchFileException(name);
      }
      folder.force();
    }
    after("force-folder", name);
  }

  @Override
  public boolean tryLock(String holder) {
    if (disk.locked) {
      return false;
    }
    disk.locked = true;
    locks = true;
    return true;
  }

  @Override
  public void unlock() {
    if (locks) {
      locks = false;
      disk.locked = false;
    }
  }

  @Override
  public String lockHolder() {
    return "another process of the test";
  }

  @Override
  public long freeBytes() {
    return disk.freeBytes;
  }

  @Override
  public void close() {}

  private final class OpenFile implements StorageFile {

    private final String name;
    private final FaultDisk.FileNode file;

    OpenFile(String name, FaultDisk.FileNode file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long size() {
      return file.bytes.length;
    }

    @Override
    public byte[] read(long position, int length) {
      int from = (int) Math.min(position, file.bytes.length);
      int to = Math.min(file.bytes.length, from + length);
      disk.readBytes += to - from;
      return Arrays.copyOfRange(file.bytes, from, to);
    }

    @Override
    public void write(long position, byte[] bytes) throws IOException {
      try {
        before("write", name);
      } catch (IOException e) {
        // A short write: some of it got through.
        file.write((int) position, Arrays.copyOf(bytes, bytes.length / 2));
        throw e;
      }
      file.write((int) position, bytes);
      after("write", name);
    }

    @Override
    public void truncate(long size) throws IOException {
      before("truncate", name);
      file.truncate((int) size);
      after("truncate", name);
    }

    @Override
    public void force() throws IOException {
      try {
        before("force", name);
      } catch (IOException e) {
        file.forceInVain();
        throw e;
      }
      if (asks()) {
        file.force();
      }
      after("force", name);
    }

    @Override
    public void close() {}
  }
}
