package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operating system refuses, and what does not fit. */
class FailureTest {

  private static final String ENTRIES = "entries/000";

  @TempDir Path written;

  private static void failOnce(FaultDisk disk, String kind, String name) {
    disk.faults =
        operation -> {
          if (operation.kind().equals(kind) && operation.name().equals(name)) {
            disk.faults = after -> {};
            throw new IOException("Input/output error");
          }
        };
  }

  private static String codeOf(Runnable work) {
    try {
      work.run();
    } catch (LedgerException e) {
      assertThat(e.remedy()).isNotEmpty();
      return e.code();
    } catch (CompletionException e) {
      return e.getCause() instanceof LedgerException cause ? cause.code() : e.toString();
    }
    return "none";
  }

  @ParameterizedTest
  @CsvSource({
    "force, entries/000, 3, 1000000, ledger.storage-failed",
    "write, entries/000, 3, 1000000, ledger.storage-failed",
    "write, entries/000, 3, 0, ledger.disk-full",
    "create, entries/001, 256, 1000000, ledger.storage-failed",
    "create, entries/001, 256, 0, ledger.disk-full",
    "force, entries/001, 256, 1000000, ledger.storage-failed",
    "force-folder, entries, 256, 1000000, ledger.storage-failed",
    "mkdir, entries, 0, 1000000, ledger.storage-failed"
  })
  void afterAFailureTheLedgerGoesOn(
      String kind, String name, int entries, long freeBytes, String code) {
    FaultDisk disk = CrashScenario.prepared(entries);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      failOnce(disk, kind, name);
      disk.freeBytes = freeBytes;
      assertThat(codeOf(() -> ledger.append(LedgerTest.note(-1)))).isEqualTo(code);
      disk.freeBytes = Long.MAX_VALUE;
      assertThat(ledger.size()).isEqualTo(entries);
      assertThat(ledger.append(LedgerTest.note(entries)).index()).isEqualTo(entries);
    }
    try (Ledger ledger = Ledger.open(disk.copy().process(), TestKeys.SETTINGS)) {
      assertThat(ledger.size()).isEqualTo(entries + 1L);
      ledger.forEach(
          0,
          entries + 1L,
          (index, entry) -> assertThat(entry.required("number")).isEqualTo(Long.toString(index)));
    }
    WrittenLedger.isWell(disk, written);
  }

  /** A derived file that cannot be written, and the note of what is durable, fail nobody. */
  @ParameterizedTest
  @CsvSource({"write, acknowledged", "create, tile/0/000", "write, tile/0/000", "mkdir, tile/1"})
  void whatIsDerivedMayFail(String kind, String name) {
    FaultDisk disk = CrashScenario.prepared(255);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      failOnce(disk, kind, name);
      assertThat(ledger.append(LedgerTest.note(255)).index()).isEqualTo(255);
      assertThat(ledger.append(LedgerTest.note(256)).index()).isEqualTo(256);
      assertThat(ledger.hashes().hash(8, 0)).hasSize(32);
    }
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      assertThat(ledger.size()).isEqualTo(257);
    }
  }

  @Test
  void allThatWaitFail() {
    FaultDisk disk = CrashScenario.prepared(3);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      failOnce(disk, "force", ENTRIES);
      disk.locked = true;
      List<CompletableFuture<Ledger.Appended>> waiting = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        waiting.add(ledger.appendLater(LedgerTest.note(i)));
      }
      disk.locked = false;
      for (CompletableFuture<Ledger.Appended> one : waiting) {
        assertThat(codeOf(one::join)).isEqualTo("ledger.storage-failed");
      }
      assertThat(ledger.append(LedgerTest.note(3)).index()).isEqualTo(3);
    }
  }

  /** Forces, writes and cuts fail by chance while four threads append. */
  @Test
  void nothingAcknowledgedIsLostWhateverFails() throws Exception {
    FaultDisk disk = CrashScenario.prepared(0);
    SplittableRandom random = new SplittableRandom(6);
    Map<Long, Entry> acknowledged = new ConcurrentHashMap<>();
    Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS);
    disk.faults =
        operation -> {
          if (operation.name().startsWith("entries") && random.nextInt(12) == 0) {
            throw new IOException("Input/output error at " + operation);
          }
        };
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int number = t;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 400; i++) {
                  try {
                    Ledger.Appended appended = ledger.append(LedgerTest.note(1_000 * number + i));
                    assertThat(acknowledged.put(appended.index(), appended.entry())).isNull();
                  } catch (LedgerException e) {
                    assertThat(e.code()).isEqualTo("ledger.storage-failed");
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    disk.faults = operation -> {};
    ledger.append(LedgerTest.note(-1));
    ledger.close();
    assertThat(acknowledged.size()).isBetween(100, 1_600);
    try (Ledger again = Ledger.open(disk.copy().process(), TestKeys.SETTINGS)) {
      assertThat(again.size()).isGreaterThan(acknowledged.size());
      acknowledged.forEach((index, entry) -> assertThat(again.entry(index)).isEqualTo(entry));
    }
    WrittenLedger.isWell(disk, written);
  }

  @Test
  void theQueueIsBounded() {
    FaultDisk disk = CrashScenario.prepared(0);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      disk.locked = true;
      List<CompletableFuture<Ledger.Appended>> waiting = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 2 * Ledger.MOST_QUEUED; i++) {
                  waiting.add(ledger.appendLater(LedgerTest.note(i)));
                }
              })
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("4096")
          .extracting("code")
          .isEqualTo("ledger.queue-full");
      disk.locked = false;
      waiting.forEach(CompletableFuture::join);
      assertThat(ledger.size()).isEqualTo(waiting.size());
    }
  }

  @Test
  void namesWhoHoldsTheLock() {
    FaultDisk disk = CrashScenario.prepared(2);
    LedgerSettings settings =
        new LedgerSettings(
            TestKeys.ORIGIN, () -> TestKeys.SIGNERS, InstantSource.system(), Duration.ofMillis(20));
    try (Ledger ledger = Ledger.open(disk.process(), settings)) {
      disk.locked = true;
      assertThatThrownBy(() -> ledger.append(LedgerTest.note(2)))
          .isInstanceOf(LedgerException.class)
          .hasMessageContaining("another process of the test")
          .hasMessageContaining("20 ms")
          .extracting("code")
          .isEqualTo("ledger.locked");
      assertThat(codeOf(() -> Ledger.open(disk.process(), settings))).isEqualTo("ledger.locked");
      disk.locked = false;
      assertThat(ledger.append(LedgerTest.note(2)).index()).isEqualTo(2);
    }
  }

  @RepeatedTest(50) // What is told last is told by a thread of its own.
  void closedMeansClosed() {
    FaultDisk disk = CrashScenario.prepared(0);
    Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS);
    List<CompletableFuture<Ledger.Appended>> last = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      last.add(ledger.appendLater(LedgerTest.note(i)));
    }
    ledger.close();
    assertThat(last).allMatch(CompletableFuture::isDone);
    assertThat(codeOf(() -> ledger.append(LedgerTest.note(1)))).isEqualTo("ledger.closed");
  }

  /** What depends on an entry may append the next, in whatever thread it runs. */
  @Test
  void anOutcomeMayAppend() {
    FaultDisk disk = CrashScenario.prepared(0);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      CompletableFuture<Long> second =
          ledger
              .appendLater(LedgerTest.note(0))
              .thenApply(first -> ledger.append(LedgerTest.note(1)).index());
      assertThat(second.join()).isEqualTo(1);
    }
  }

  /** A slow disk makes larger groups, not longer queues. */
  @Test
  void threadsShareForces() throws Exception {
    FaultDisk disk = CrashScenario.prepared(0);
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      disk.observer =
          operation -> {
            if (operation.kind().equals("force")) {
              try {
                Thread.sleep(2);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }
          };
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < 100; i++) {
                    ledger.append(LedgerTest.note(i));
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      long forces =
          disk.journal.stream().filter(operation -> operation.kind().equals("force")).count();
      assertThat(ledger.size()).isEqualTo(800);
      assertThat(forces).isLessThan(400);
    }
  }

  @Test
  void warnsBeforeTheDiskIsFull() {
    FaultDisk disk = CrashScenario.prepared(600);
    disk.freeBytes = 1L << 40;
    try (Ledger ledger = Ledger.open(disk.process(), TestKeys.SETTINGS)) {
      Capacity capacity = ledger.capacity();
      assertThat(capacity.entries()).isEqualTo(600);
      assertThat(capacity.usedBytes()).isBetween(60_000L, 200_000L);
      assertThat(capacity.bytesPerEntry()).isBetween(100.0, 300.0);
      assertThat(capacity.entriesLeft()).isEqualTo(Ledger.MOST_ENTRIES - 600);
      assertThat(capacity.warning()).isEmpty();
      disk.freeBytes = 100 << 20;
      assertThat(ledger.capacity().warning()).contains(Capacity.Warning.LOW);
      assertThat(ledger.capacity().entriesLeft()).isLessThan(2_000_000);
      disk.freeBytes = 1_000;
      assertThat(ledger.capacity().warning()).contains(Capacity.Warning.ALMOST_FULL);
    }
    assertThat(new Capacity(1_000_000, 3L << 30, 1L << 30).warning())
        .contains(Capacity.Warning.LOW);
    assertThat(new Capacity(1_000_000, 9L << 30, 1L << 30).warning())
        .contains(Capacity.Warning.VERY_LOW);
  }
}
