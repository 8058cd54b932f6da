package dev.candor.ledger.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.Trust;
import dev.candor.ledger.verification.VerificationReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the verifier of auditors, which shares no code with the storage, says of a ledger. */
final class WrittenLedger {

  private WrittenLedger() {}

  /** Nothing is wrong with a ledger. */
  static void isWell(Path folder) {
    VerificationReport report = new LedgerVerifier(Trust.NONE).ledger(folder);
    assertThat(report.isWell()).as("%s", report.findings()).isTrue();
  }

  /** The same, of one in memory; it is written to an empty folder. */
  static void isWell(FaultDisk disk, Path folder) {
    try {
      write(disk.root, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    isWell(folder);
  }

  private static void write(FaultDisk.FolderNode folder, Path path) throws IOException {
    Files.createDirectories(path);
    for (var inside : folder.names.entrySet()) {
      Path place = path.resolve(inside.getKey());
      switch (inside.getValue()) {
        case FaultDisk.FolderNode inner -> write(inner, place);
        case FaultDisk.FileNode file -> Files.write(place, file.bytes);
      }
    }
  }
}
