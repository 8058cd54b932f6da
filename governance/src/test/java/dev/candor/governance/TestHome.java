package dev.candor.governance;

import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.storage.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A home in a folder of a test, with a clock that the test sets. No model is there. */
public final class TestHome {

  /** Has every role. */
  public static final Principal ANNA = Principal.of("anna", List.of(Role.values()));

  private final Path folder;
  private Instant now = Instant.parse("2026-11-30T09:00:00Z");

  public TestHome(Path folder) {
    this.folder = folder;
  }

  /** Where it is. */
  public Path path() {
    return folder.resolve("home");
  }

  /** Opens it, as a process of its own would. */
  public Governance open() {
    return Governance.open(settings());
  }

  public GovernanceSettings settings() {
    return new GovernanceSettings(
        path(),
        new PassphraseSource(
            folder.resolve("secrets/passphrase"), PassphraseSource.Origin.GENERATED),
        "candor test",
        () -> now);
  }

  /** What its clock shows. */
  public Instant now() {
    return now;
  }

  /** Lets time pass. */
  public void later(Duration time) {
    now = now.plus(time);
  }

  /** What is on the disk. */
  public List<Entry> entries() {
    try (Ledger view = Ledger.view(path().resolve("ledger"))) {
      List<Entry> entries = new ArrayList<>();
      view.forEach(0, view.size(), (_, entry) -> entries.add(entry));
      return entries;
    }
  }

  /** Kinds of what is on the disk. */
  public List<String> kinds() {
    return entries().stream().map(Entry::kind).toList();
  }
}
