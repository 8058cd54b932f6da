package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a ledger sees of what others append, without its lock. */
class GrowthWatchTest {

  @Test
  void whatAnotherAppendsIsSeenAtTheNextLook(@TempDir Path folder) {
    try (Ledger one = Ledger.open(folder, TestKeys.SETTINGS);
        Ledger other = Ledger.open(folder, TestKeys.SETTINGS)) {
      one.refreshIfGrown();
      assertThat(one.size()).isZero();
      for (int i = 0; i < 300; i++) {
        other.append(LedgerTest.note(i));
        one.refreshIfGrown();
        assertThat(one.size()).isEqualTo(i + 1);
        assertThat(one.bytes(i)).isEqualTo(other.bytes(i));
      }
    }
  }

  @Test
  void halfAnAcknowledgementSaysNothing(@TempDir Path path) throws IOException {
    try (Ledger ledger = Ledger.open(path, TestKeys.SETTINGS)) {
      ledger.append(LedgerTest.note(0));
    }
    Path file = path.resolve(Acknowledgement.NAME);
    byte[] whole = Files.readAllBytes(file);
    try (StorageFolder folder = DiskFolder.of(path)) {
      GrowthWatch watch = new GrowthWatch(folder);
      assertThat(watch.size()).isEqualTo(1);
      try (StorageFile written = folder.open(Acknowledgement.NAME)) {
        written.truncate(50);
        assertThat(watch.size()).isZero();
        written.write(0, whole);
        assertThat(watch.size()).isEqualTo(1);
      }
      watch.forget();
    }
  }

  @Test
  void aFileInItsPlaceIsSeenAfterwards(@TempDir Path path) throws IOException {
    try (StorageFolder folder = DiskFolder.of(path)) {
      GrowthWatch watch = new GrowthWatch(folder);
      assertThat(watch.size()).isZero();
      Path file = path.resolve(Acknowledgement.NAME);
      Files.write(file, new Acknowledgement(7, new byte[32]).bytes());
      assertThat(watch.size()).isEqualTo(7);
      Files.delete(file);
      Files.write(file, new Acknowledgement(8, new byte[32]).bytes());
      watch.forget();
      assertThat(watch.size()).isEqualTo(8);
      watch.forget();
    }
  }
}
