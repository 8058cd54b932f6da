package dev.candor.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GovernanceCloseTest {

  private @TempDir Path folder;

  /** One that was killed has signed nothing; it has not closed, and that is all that matters. */
  @Test
  void whoeverClosesNextCoversWhatAKilledProcessLeft() throws IOException {
    TestHome home = new TestHome(folder);
    Path checkpoint = home.path().resolve("ledger/checkpoint");
    try (Governance killed = home.open()) {
      killed.ledger().append(new Entry("note", Map.of()));
      assertThat(checkpoint).doesNotExist();
      try (Governance next = home.open()) {
        assertThat(next.ledger().size()).isOne();
      }
      assertThat(Checkpoint.parse(SignedNote.parse(Files.readAllBytes(checkpoint)).text()).size())
          .isOne();
    }
  }

  @Test
  void aPartThatCannotBeClosedDoesNotKeepTheOthersOpen() throws IOException {
    TestHome home = new TestHome(folder);
    Governance governance = home.open();
    governance.ledger().append(new Entry("note", Map.of()));
    KeyVault vault = governance.vault();
    // In its place no checkpoint can be written.
    Files.createDirectories(home.path().resolve("ledger/checkpoint/in-the-way"));
    assertThatThrownBy(governance::close).isInstanceOf(LedgerException.class);
    assertThatThrownBy(vault::logSigners)
        .isInstanceOfSatisfying(
            LedgerException.class, e -> assertThat(e.code()).isEqualTo("ledger.keys-closed"));
  }
}
