package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Something done to a ledger while the power may go at any moment: after each operation on the disk
 * all images are recovered, and none may lack what was acknowledged, hold what was never appended,
 * or lose in a second crash what the first recovery gave out.
 */
final class CrashScenario {

  final FaultDisk disk;
  private final int most;
  private final SplittableRandom random = new SplittableRandom(6);
  private final List<String> numbers = new ArrayList<>();
  private volatile long acknowledged;
  private volatile long published;
  private long moments;
  private long images;
  private long sampledMoments;
  private Optional<String> loss = Optional.empty();

  /**
   * @param disk with a ledger of so many entries numbered from 0, all durable
   * @param most images without a torn sector, and with one, at each moment; 0 to look at none
   */
  CrashScenario(FaultDisk disk, int entries, int most) {
    this.disk = disk;
    this.most = most;
    for (int i = 0; i < entries; i++) {
      numbers.add(Integer.toString(i));
    }
    acknowledged = entries;
  }

  /** A disk with a ledger of entries numbered from 0. */
  static FaultDisk prepared(int entries) {
    FaultDisk disk = new FaultDisk();
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      List<CompletableFuture<Ledger.Appended>> appended = new ArrayList<>();
      for (int i = 0; i < entries; i++) {
        appended.add(ledger.appendLater(numbered(Integer.toString(i))));
        // Few are committed one by one, so that their bytes are the same each time.
        if (entries < 1_000 || appended.size() == 1_000) {
          appended.forEach(CompletableFuture::join);
          appended.clear();
        }
      }
      appended.forEach(CompletableFuture::join);
    }
    disk.forceAll();
    return disk.copy();
  }

  static Entry numbered(String number) {
    return new Entry("note", Map.of("number", number));
  }

  /** From now on the power may go. */
  void begin() {
    disk.observer = this::look;
  }

  /** The first loss that was found. */
  Optional<String> loss() {
    return loss;
  }

  /** Whether some moments had more images than were looked at. */
  boolean sampled() {
    return sampledMoments > 0;
  }

  /** What was looked at, for people. */
  String summary() {
    return images + " images at " + moments + " moments, " + sampledMoments + " of them sampled";
  }

  /** Appends one entry, and keeps book. */
  void append(Ledger ledger) {
    appendGroup(ledger, 1);
  }

  /** Appends one entry with this in it, and keeps book. */
  void appendOf(Ledger ledger, String number) {
    synchronized (numbers) {
      numbers.add(number);
    }
    ledger.append(numbered(number));
    acknowledged++;
  }

  /** Appends entries as one group, and keeps book. */
  void appendGroup(Ledger ledger, int count) {
    List<CompletableFuture<Ledger.Appended>> appended = new ArrayList<>();
    disk.locked = true; // So that all of them wait when the group begins.
    for (int i = 0; i < count; i++) {
      String number = Integer.toString(numbers.size());
      synchronized (numbers) {
        numbers.add(number);
      }
      appended.add(ledger.appendLater(numbered(number)));
    }
    disk.locked = false;
    appended.forEach(CompletableFuture::join);
    acknowledged += count;
  }

  /** Appends one entry of which the ledger says that it could not. */
  String appendInVain(Ledger ledger) {
    String number = "failed " + numbers.size();
    synchronized (numbers) {
      numbers.add(number);
    }
    try {
      ledger.append(numbered(number));
      throw new AssertionError("it was appended");
    } catch (LedgerException e) {
      return e.code();
    }
  }

  /** From now on what failed must be gone, and this may be in its place. */
  void replaceFailed(String number) {
    synchronized (numbers) {
      numbers.set(numbers.size() - 1, number);
    }
  }

  /** Appends what {@link #replaceFailed} was or will be told, and keeps book. */
  void appendReplacement(Ledger ledger, String number) {
    ledger.append(numbered(number));
    acknowledged++;
  }

  /** An entry that failed turned out to be there: another process found and kept it. */
  void acknowledgeFailed() {
    acknowledged++;
  }

  /** Makes a checkpoint, and keeps book. */
  void checkpoint(Ledger ledger) {
    SignedNote note = ledger.checkpoint();
    published = Checkpoint.parse(note.text()).size();
  }

  private void look(FaultDisk.Operation operation) {
    if (most == 0 || loss.isPresent()) {
      return;
    }
    moments++;
    CrashImages all = new CrashImages(disk, most, random);
    images +=
        all.forEach((image, torn) -> {
          if (loss.isEmpty()) {
            // The second crash of every image with a torn sector would tell little more.
            boolean twice = !torn || random.nextInt(16) == 0;
            loss = lossIn(image, twice).map(what -> "after " + operation + ": " + what);
          }
        });
    sampledMoments += all.sampled() ? 1 : 0;
  }

  private Optional<String> lossIn(FaultDisk image, boolean twice) {
    try (Ledger ledger = Ledger.open(image.process(), TestKeys.SETTINGS)) {
      long size = ledger.size();
      Optional<String> wrong = wrongIn(ledger, image);
      if (wrong.isPresent() || !twice) {
        return wrong;
      }
      FaultDisk second = new CrashImages(image, 1, random).least();
      ledger.append(numbered("later"));
      FaultDisk third = new CrashImages(image, 1, random).least();
      try (Ledger again = Ledger.open(second.process(), TestKeys.SETTINGS)) {
        if (again.size() != size) {
          return Optional.of("recovered " + size + ", after a second crash " + again.size());
        }
      }
      try (Ledger again = Ledger.open(third.process(), TestKeys.SETTINGS)) {
        if (!again.entry(size).required("number").equals("later")) {
          return Optional.of("what was appended after recovery did not stay");
        }
      }
      return Optional.empty();
    } catch (LedgerException e) {
      return Optional.of(e.code() + ": " + e.getMessage());
    }
  }

  private Optional<String> wrongIn(Ledger ledger, FaultDisk image) {
    long size = ledger.size();
    List<String> expected;
    synchronized (numbers) {
      expected = List.copyOf(numbers);
    }
    if (size < acknowledged || size > expected.size()) {
      return Optional.of(
          "recovered " + size + ", acknowledged " + acknowledged + ", asked " + expected.size());
    }
    for (long index = Math.max(0, acknowledged - 20); index < size; index++) {
      String number = ledger.entry(index).required("number");
      if (!number.equals(expected.get((int) index))) {
        return Optional.of("entry " + index + " is " + number);
      }
    }
    try {
      long checkpoint =
          CheckpointFile.read(image.process())
              .map(note -> CheckpointFile.checkpoint(note).size())
              .orElse(0L);
      return checkpoint < published
          ? Optional.of("the checkpoint is of " + checkpoint + ", given out was " + published)
          : Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("this disk does not fail to read", e);
    }
  }
}
