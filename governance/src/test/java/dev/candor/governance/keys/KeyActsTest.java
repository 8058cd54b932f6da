package dev.candor.governance.keys;

import static dev.candor.governance.TestHome.ANNA;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.KeyVaultLockSet;
import dev.candor.ledger.entries.KeyVaultRenewed;
import dev.candor.ledger.entries.KeysDestroyed;
import dev.candor.ledger.entries.PayloadKeyRotated;
import dev.candor.ledger.keys.KeyRotation;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.storage.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyActsTest {

  private static final Principal CLERK = Principal.of("clerk", List.of(Role.INVOKE, Role.AUDIT));

  private @TempDir Path folder;
  private TestHome home;

  @BeforeEach
  void begin() {
    home = new TestHome(folder);
  }

  private static void assertRefused(String code, ThrowingCallable act) {
    assertThatThrownBy(act)
        .satisfies(e -> {
          switch (e) {
            case GovernanceException refused -> assertThat(refused.code()).isEqualTo(code);
            case LedgerException refused -> assertThat(refused.code()).isEqualTo(code);
            default -> throw new AssertionError("not typed", e);
          }
        });
  }

  private static List<String> vkeys(KeyActs acts) {
    return acts.state().vault().orElseThrow().vkeys();
  }

  private static void assertSignedBy(SignedNote note, List<String> vkeys) {
    assertThat(vkeys.stream().map(VerifierKey::parse).toList())
        .allSatisfy(
            key -> assertThat(note.signatures()).anyMatch(signature -> signature.names(key)));
    assertThat(note.signatures()).hasSameSizeAs(vkeys);
  }

  @Test
  void theOldKeysOfTheLogVouchForTheNew() {
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      List<String> before = vkeys(acts);
      KeyActs.LogKeysRotated rotated = acts.rotateLogKeys(ANNA);
      List<String> after = vkeys(acts);
      assertThat(after).doesNotContainAnyElementsOf(before);
      Entry entry = governance.ledger().entry(rotated.entry());
      KeyRotation statement = KeyRotation.of(entry);
      assertThat(entry.required("by")).isEqualTo("anna");
      assertThat(statement.isSigned()).isTrue();
      assertThat(List.of(statement.before().ed25519(), statement.before().mlDsa44()))
          .isEqualTo(before);
      assertThat(List.of(statement.after().ed25519(), statement.after().mlDsa44()))
          .isEqualTo(after);
      assertSignedBy(rotated.checkpoint(), after);
      assertThat(Checkpoint.parse(rotated.checkpoint().text()).size())
          .isEqualTo(rotated.entry() + 1);
    }
  }

  @Test
  void anInterruptedRotationIsTakenUpWithItsEntry() {
    interrupt(statement -> {});
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      assertThat(acts.state().vault().orElseThrow().rotationBegun()).isTrue();
      interrupt(statement -> governance.ledger().append(statement.entry()));
      KeyActs.LogKeysRotated rotated = acts.rotateLogKeys(ANNA);
      assertThat(rotated.entry()).isZero();
      assertThat(home.kinds()).containsExactly(KeyRotation.KIND);
      assertThat(acts.state().vault().orElseThrow().rotationBegun()).isFalse();
      // The next one is another.
      assertThat(acts.rotateLogKeys(ANNA).entry()).isEqualTo(1);
    }
  }

  /** A process that ends in the middle of a rotation, after having done so much. */
  private void interrupt(Consumer<KeyRotation> done) {
    try (Governance governance = home.open()) {
      assertThatThrownBy(() ->
              governance
                  .vault()
                  .rotateLogKeys(statement -> {
                    done.accept(statement);
                    throw new IllegalStateException("interrupted");
                  }))
          .hasMessage("interrupted");
    }
  }

  @Test
  void whatIsKeptIsReadUnderTheNewPayloadKey() {
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      String before = acts.state().vault().orElseThrow().payloadKey();
      Commitment kept =
          governance.payloads().put(governance.vault().pseudonym("a"), "text".getBytes(UTF_8));
      KeyActs.PayloadKeyReplaced replaced = acts.rotatePayloadKey(ANNA);
      assertThat(replaced.key()).isNotEqualTo(before);
      assertThat(acts.state().vault().orElseThrow().payloadKey()).isEqualTo(replaced.key());
      assertThat(PayloadKeyRotated.of(governance.ledger().entry(replaced.entry())))
          .isEqualTo(new PayloadKeyRotated(replaced.key(), "anna"));
      assertThat(governance.records().bytes(kept)).hasValue("text".getBytes(UTF_8));
    }
  }

  @Test
  void aLockedVaultSaysSoUntilSomebodyRenewsIt() {
    Instant end = home.now().plus(Duration.ofDays(30));
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      assertThat(acts.state().locksAt()).isEmpty();
      KeyActs.OpenUntil open = acts.lockAfter(ANNA, 30);
      assertThat(open.until()).hasValue(end);
      assertThat(KeyVaultLockSet.of(governance.ledger().entry(open.entry())))
          .isEqualTo(new KeyVaultLockSet(30, "anna"));
      assertRefused("governance.lock-days", () -> acts.lockAfter(ANNA, 3_651));
      assertRefused("governance.lock-days", () -> acts.lockAfter(ANNA, -1));
    }
    home.later(Duration.ofDays(31));
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      assertThat(acts.state().vault()).isEmpty();
      assertThat(acts.state().locksAt()).hasValue(end);
      assertRefused("ledger.keys-locked", governance::ledger);
      assertRefused("ledger.keys-locked", () -> acts.destroy(ANNA, "any"));
      assertRefused("ledger.keys-locked", () -> acts.lockAfter(ANNA, 0));
    }
    assertRefused("governance.not-permitted", () -> KeyActs.renew(CLERK, home.settings()));
    KeyActs.OpenUntil renewed = KeyActs.renew(ANNA, home.settings());
    Instant next = home.now().plus(Duration.ofDays(30));
    assertThat(renewed.until()).hasValue(next);
    assertThat(home.kinds()).containsExactly(KeyVaultLockSet.KIND, KeyVaultRenewed.KIND);
    assertThat(KeyVaultRenewed.of(home.entries().get((int) renewed.entry())))
        .isEqualTo(new KeyVaultRenewed("anna", Optional.of(next.toString())));
    try (Governance governance = home.open()) {
      assertThat(new KeyActs(governance).lockAfter(ANNA, 0).until()).isEmpty();
    }
  }

  /** Abuse case A45: keys that were destroyed are not made anew, and open nothing. */
  @Test
  void destroyedKeysStayDestroyed() {
    Commitment kept;
    String name;
    long entry;
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      name = governance.vault().keyName();
      kept = governance.payloads().put(governance.vault().pseudonym("a"), "text".getBytes(UTF_8));
      assertRefused("governance.destruction-unconfirmed", () -> acts.destroy(ANNA, "yes"));
      assertRefused("governance.not-permitted", () -> acts.destroy(CLERK, name));
      assertThat(home.path().resolve("keys.p12")).exists();
      entry = acts.destroy(ANNA, name);
      assertRefused("ledger.keys-closed", () -> governance.records().bytes(kept));
    }
    assertThat(home.kinds()).containsExactly(KeysDestroyed.KIND);
    try (Ledger view = Ledger.view(home.path().resolve("ledger"))) {
      assertThat(Checkpoint.parse(view.checkpoint().text()).size()).isEqualTo(entry + 1);
    }
    try (Governance governance = home.open()) {
      assertRefused("ledger.keys-missing", governance::ledger);
      assertRefused("ledger.keys-missing", governance::payloads);
    }
    assertThat(home.path().resolve("keys.p12")).doesNotExist();
    assertThat(home.kinds()).containsExactly(KeysDestroyed.KIND);
  }

  @Test
  void whoMayNotChangeKeysChangesNone() {
    try (Governance governance = home.open()) {
      KeyActs acts = new KeyActs(governance);
      KeyActs.State before = acts.state();
      assertRefused("governance.not-permitted", () -> acts.rotateLogKeys(CLERK));
      assertRefused("governance.not-permitted", () -> acts.rotatePayloadKey(CLERK));
      assertRefused("governance.not-permitted", () -> acts.lockAfter(CLERK, 30));
      assertThat(acts.state()).isEqualTo(before);
      assertThat(governance.ledger().size()).isZero();
    }
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(() -> KeyActs.renew(CLERK, home.settings()));
  }
}
