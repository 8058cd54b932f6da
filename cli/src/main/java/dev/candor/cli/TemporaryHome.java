package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;
import dev.candor.ledger.keys.PassphraseSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A ledger with keys of its own, on the file system of CANDOR_HOME and for as long as this is open:
 * what is measured there costs what it would cost in the user's own, and is no decision of theirs.
 */
final class TemporaryHome implements AutoCloseable {

  private final Path folder;

  private TemporaryHome(Path folder) {
    this.folder = folder;
  }

  /** Makes the folder. */
  static TemporaryHome create() {
    try {
      Path home = Files.createDirectories(ModelStore.ofUser().home());
      return new TemporaryHome(Files.createTempDirectory(home, ".bench"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins to open its governance; the passphrase lies beside the home, as it must. */
  Governance open() {
    Path passphrase = folder.resolve("passphrase").resolve("passphrase");
    return Governance.open(
        new GovernanceSettings(
            folder.resolve("home"),
            new PassphraseSource(passphrase, PassphraseSource.Origin.GENERATED),
            "candor " + CandorCommand.Version.number(),
            InstantSource.system()));
  }

  Path folder() {
    return folder;
  }

  /** Such as {@code ext4 on /dev/vda}. */
  String fileSystem() {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.type() + " on " + store.name();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes all of it. */
  @Override
  public void close() {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
