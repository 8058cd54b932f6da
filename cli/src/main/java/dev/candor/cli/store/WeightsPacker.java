package dev.candor.cli.store;

import dev.candor.cli.store.Staging.StagedFile;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Packing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts packed weights in the place of those that came, and says so in the model's record. */
final class WeightsPacker {

  private static final String SUFFIX = ".packed.gguf";

  private WeightsPacker() {}

  /**
   * The record of the model in this folder, once its weights are packed; the same record if they
   * are packed already, or there is nothing in them to pack. The file that came stays, for the
   * caller to delete when the record is written.
   */
  static ModelRecord pack(Path folder, ModelRecord record, Progress progress) {
    if (record.packedFrom().isPresent() || record.weights().equals(".")) {
      return record;
    }
    Path file = folder.resolve(SafeNames.requirePlain(record.weights()));
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      if (checkpoint.sourceDigest().isPresent()) {
        return new ModelRecord(
            record.name(),
            record.source(),
            record.weights(),
            record.added(),
            record.files(),
            checkpoint.sourceDigest().map(WeightsPacker::unseen));
      }
      if (Packing.packableBytes(checkpoint) == 0) {
        return record;
      }
    }
    String name = record.weights().replaceFirst("(?i)\\.gguf$", "") + SUFFIX;
    Path packed = folder.resolve(name);
    try {
      long size = Files.size(file);
      Staging.requireSpace(folder, size);
      String digest = pack(file, packed, size, progress);
      if (!digest.equals(record.digest())) {
        Files.delete(packed);
        throw Digests.wrong(record.weights(), record.digest(), digest);
      }
      List<StagedFile> files = new ArrayList<>(record.files());
      files.removeIf(other -> other.name().equals(record.weights()));
      files.add(new StagedFile(name, Files.size(packed), Digests.sha256(packed)));
      return new ModelRecord(
          record.name(),
          record.source(),
          name,
          record.added(),
          files,
          Optional.of(new StagedFile(record.weights(), size, digest)));
    } catch (IOException e) {
      throw Staging.failed(e, packed);
    }
  }

  /**
   * The same for a model that is in the store. At any moment it is there, as it was or packed,
   * whatever happens. A process that is told to end (SIGINT, SIGTERM) removes what it has begun; a
   * rest of a crash is swept away by the next call.
   *
   * @throws StoreException {@code store.busy} if another process is doing it
   */
  static void packInPlace(Path folder, Progress progress) {
    Path record = folder.resolve(ModelRecord.FILE);
    try (FileChannel channel = FileChannel.open(record, StandardOpenOption.WRITE);
        FileLock lock = lock(channel, folder)) {
      // Read behind the lock: another process may just have packed it.
      ModelRecord before = ModelRecord.read(folder);
      sweep(folder, before);
      try (Begun begun = new Begun(folder)) {
        ModelRecord after = pack(folder, before, progress);
        if (!after.equals(before)) {
          begun.record(after);
        }
      }
    } catch (IOException e) {
      throw Staging.failed(e, folder);
    }
  }

  private static FileLock lock(FileChannel channel, Path folder) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      throw busy(folder);
    }
    throw busy(folder);
  }

  private static StoreException busy(Path folder) {
    return new StoreException(
        "busy",
        folder.getFileName() + " is being packed by another process",
        "Wait until it is done.");
  }

  private static String pack(Path file, Path packed, long size, Progress progress) {
    try (WorkerPool pool = new PersistentWorkerPool(PersistentWorkerPool.defaultThreads())) {
      return Packing.pack(
          file,
          packed,
          KernelSelector.choose().kernels(),
          pool,
          (done, total) -> progress.update("packing", (long) ((double) done / total * size), size));
    }
  }

  /** A file of which only the digest is known, because a packed file names it. */
  private static StagedFile unseen(String digest) {
    return new StagedFile("", 0, digest);
  }

  /** Deletes weights that the record does not name. */
  static void sweep(Path folder, ModelRecord record) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String name = String.valueOf(entry.getFileName());
        boolean weights = name.toLowerCase(Locale.ROOT).endsWith(".gguf");
        boolean known = record.files().stream().anyMatch(file -> file.name().equals(name));
        if (!known && (weights || name.endsWith(".partial") || name.endsWith(".draft"))) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  /** Weights that no record names yet: a process that is told to end sweeps them away. */
  private static final class Begun implements AutoCloseable {

    private final Path folder;
    private final BegunWork work;
    private boolean abandoned;

    Begun(Path folder) {
      this.folder = folder;
      this.work = new BegunWork("candor-packing", this::abandon);
    }

    /** Names them, and sweeps away those that they replace; unless the process is ending. */
    synchronized void record(ModelRecord after) throws IOException {
      if (!abandoned) {
        after.write(folder);
        sweep(folder, after);
      }
    }

    private synchronized void abandon() {
      abandoned = true;
      try {
        sweep(folder, ModelRecord.read(folder));
      } catch (IOException | StoreException e) {
        return; // The next call sweeps them away.
      }
    }

    @Override
    public void close() {
      work.close();
    }
  }
}
