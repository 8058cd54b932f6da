package dev.candor.ledger.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.NoteSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Pkcs12KeyVaultTest {

  private static final String NAME = "example.com/log";
  private static final byte[] KEY = "a key of thirty-two bytes, really".getBytes(UTF_8);
  private static final byte[] CONTEXT = "what for".getBytes(UTF_8);

  @TempDir private Path folder = Path.of("");

  private Path keystore = Path.of("");
  private PassphraseSource passphrase =
      new PassphraseSource(Path.of(""), PassphraseSource.Origin.GENERATED);

  @BeforeEach
  void name() {
    keystore = folder.resolve("candor").resolve("keys.p12");
    passphrase = PassphraseSource.locate(Map.of(), folder.resolve("user"));
  }

  private Pkcs12KeyVault vault() {
    return vault(Pkcs12KeyVault.Clock.system());
  }

  private Pkcs12KeyVault vault(Pkcs12KeyVault.Clock clock) {
    return Pkcs12KeyVault.openOrCreate(keystore, passphrase, NAME, clock);
  }

  @Test
  void keysAreTheSameAfterReopening() {
    byte[] text = "a text\n".getBytes(UTF_8);
    byte[] wrapped;
    String pseudonym;
    byte[] signature;
    List<String> vkeys;
    try (Pkcs12KeyVault vault = vault()) {
      wrapped = vault.wrap(KEY, CONTEXT);
      pseudonym = vault.pseudonym("Ada");
      signature = vault.logSigners().getFirst().sign(text);
      vkeys = vkeys(vault);
    }
    assertThat(wrapped).hasSize(KEY.length + 37);
    try (Pkcs12KeyVault vault = vault()) {
      assertThat(vault.unwrap(wrapped, CONTEXT)).isEqualTo(KEY);
      assertThat(vault.pseudonym("Ada")).isEqualTo(pseudonym).matches("[0-9a-f]{64}");
      assertThat(vault.pseudonym("Bob")).isNotEqualTo(pseudonym);
      assertThat(vkeys(vault)).isEqualTo(vkeys);
      assertThat(vault.logSigners().getFirst().key().verifies(text, signature)).isTrue();
      assertThat(vault.keyName()).isEqualTo(NAME);
    }
  }

  @Test
  void filesAreForTheirOwnerAlone() throws IOException {
    vault().close();
    assertThat(mode(keystore)).isEqualTo("rw-------");
    assertThat(mode(passphrase.file())).isEqualTo("rw-------");
    assertThat(mode(folderOf(keystore))).isEqualTo("rwx------");
    assertThat(mode(folderOf(passphrase.file()))).isEqualTo("rwx------");
    assertThat(Files.readString(passphrase.file())).matches("[A-Za-z0-9_-]{43}\n");
  }

  @Test
  void whatIsWrappedIsBoundToItsContextAndToEveryBit() {
    try (Pkcs12KeyVault vault = vault()) {
      byte[] wrapped = vault.wrap(KEY, CONTEXT);
      assertThat(KeyVault.payloadKeyId(wrapped)).isEqualTo(vault.payloadKeyId());
      assertRefused("wrapped-key-damaged", () -> vault.unwrap(wrapped, KEY));
      for (int bit = 0; bit < wrapped.length * 8; bit++) {
        byte[] flipped = wrapped.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        boolean inId = bit >= 8 && bit < 9 * 8;
        assertRefused(
            inId ? "payload-key-unknown" : "wrapped-key-damaged",
            () -> vault.unwrap(flipped, CONTEXT));
      }
      assertRefused("wrapped-key-damaged", () -> vault.unwrap(new byte[20], CONTEXT));
    }
  }

  @Test
  void aCopyOfTheFolderAloneOpensNothing() throws IOException {
    vault().close();
    Files.delete(passphrase.file());
    assertRefused("passphrase-missing", this::vault);
    passphrase = PassphraseSource.locate(Map.of(), folder.resolve("thief"));
    Files.createDirectories(folderOf(passphrase.file()));
    writePassphrase("0123456789abcdef0123456789abcdef0123456789");
    assertRefused("passphrase-wrong", this::vault);
  }

  @Test
  void aPassphraseOthersCanReadOrGuessIsRefused() throws IOException {
    vault().close();
    Files.setPosixFilePermissions(passphrase.file(), PosixFilePermissions.fromString("rw-r-----"));
    assertRefused("file-not-private", this::vault);
    // An access list for the user of a service shows up as a right of the group.
    passphrase = new PassphraseSource(passphrase.file(), PassphraseSource.Origin.CREDENTIAL);
    vault().close();
    Files.setPosixFilePermissions(passphrase.file(), PosixFilePermissions.fromString("r--r--r--"));
    assertRefused("file-not-private", this::vault);
    Files.delete(passphrase.file());
    writePassphrase("short");
    assertRefused("passphrase-malformed", this::vault);
    writePassphrase("x".repeat(1025));
    assertRefused("passphrase-malformed", this::vault);
    writePassphrase("spaces are not for a passphrase here");
    assertRefused("passphrase-malformed", this::vault);
  }

  @Test
  void aPassphraseIsNotBesideTheKeys() throws IOException {
    Path inside = keystore.resolveSibling("secret").resolve("passphrase");
    Files.createDirectories(folderOf(inside));
    passphrase =
        PassphraseSource.locate(Map.of("CANDOR_PASSPHRASE_FILE", inside.toString()), folder);
    writePassphrase("0123456789abcdef0123456789abcdef0123456789");
    assertRefused("passphrase-beside-keys", this::vault);
    passphrase = PassphraseSource.locate(Map.of("XDG_CONFIG_HOME", folder.toString()), folder);
    keystore = folder.resolve("candor").resolve("keys.p12");
    assertRefused("passphrase-beside-keys", this::vault);
  }

  @Test
  void thePassphraseIsWhereTheEnvironmentSays() throws IOException {
    Path home = folder.resolve("home");
    assertThat(PassphraseSource.locate(Map.of("XDG_CONFIG_HOME", "/etc/x"), home).file())
        .isEqualTo(Path.of("/etc/x/candor/passphrase"));
    assertThat(PassphraseSource.locate(Map.of("XDG_CONFIG_HOME", "relative"), home).file())
        .isEqualTo(home.resolve(".config/candor/passphrase"));
    Map<String, String> service = Map.of("CREDENTIALS_DIRECTORY", folder.toString());
    assertThat(PassphraseSource.locate(service, home).origin())
        .isEqualTo(PassphraseSource.Origin.GENERATED);
    Files.createFile(folder.resolve("candor-passphrase"));
    assertThat(PassphraseSource.locate(service, home))
        .isEqualTo(
            new PassphraseSource(
                folder.resolve("candor-passphrase"), PassphraseSource.Origin.CREDENTIAL));
    passphrase =
        PassphraseSource.locate(
            Map.of("CANDOR_PASSPHRASE_FILE", folder.resolve("none").toString()), home);
    assertRefused("passphrase-missing", this::vault);
  }

  @Test
  void aDamagedKeystoreIsRefusedOrTheSame() throws IOException {
    Map<String, String> right;
    try (Pkcs12KeyVault vault = vault()) {
      right = facts(vault);
    }
    byte[] whole = Files.readAllBytes(keystore);
    long seed = 20261130;
    SplittableRandom random = new SplittableRandom(seed);
    int refused = 0;
    for (int trial = 0; trial < 200; trial++) {
      byte[] flipped = whole.clone();
      int bit = trial < 64 ? trial : random.nextInt(whole.length * 8);
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(keystore, flipped);
      try (Pkcs12KeyVault vault = vault()) {
        assertThat(facts(vault)).as("bit %d, seed %d", bit, seed).isEqualTo(right);
      } catch (LedgerException e) {
        assertThat(e.code()).isIn("ledger.keys-damaged", "ledger.passphrase-wrong");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(180);
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(keystore, Arrays.copyOf(whole, length));
      assertRefused("keys-damaged", this::vault);
    }
    // Deep inside what is encrypted, the right passphrase is known from the rest of it.
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    Files.write(keystore, flipped);
    assertRefused("keys-damaged", this::vault);
    Files.setPosixFilePermissions(keystore, PosixFilePermissions.fromString("rw-r-----"));
    assertRefused("file-not-private", this::vault);
    Files.delete(keystore);
    assertRefused(
        "keys-missing",
        () -> Pkcs12KeyVault.open(keystore, passphrase, Pkcs12KeyVault.Clock.system()));
  }

  @Test
  void whatAnInterruptedWriteLeavesIsNoHindrance() throws IOException {
    try (Pkcs12KeyVault vault = vault()) {
      Files.write(keystore.resolveSibling("keys.p12.new"), new byte[77]);
      String before = vault.payloadKeyId();
      assertThat(vault.rotatePayloadKey(() -> {})).isNotEqualTo(before);
      assertThat(keystore.resolveSibling("keys.p12.new")).doesNotExist();
    }
  }

  @Test
  void payloadKeysAreThereUntilAllIsWrappedAnew() {
    try (Pkcs12KeyVault vault = vault();
        Pkcs12KeyVault other = vault()) {
      byte[] old = vault.wrap(KEY, CONTEXT);
      AtomicReference<byte[]> fresh = new AtomicReference<>(new byte[0]);
      String id =
          vault.rotatePayloadKey(() -> {
            fresh.set(vault.wrap(vault.unwrap(old, CONTEXT), CONTEXT));
            assertThat(other.unwrap(old, CONTEXT)).isEqualTo(KEY);
            assertThat(other.unwrap(fresh.get(), CONTEXT)).isEqualTo(KEY);
          });
      assertThat(KeyVault.payloadKeyId(fresh.get())).isEqualTo(id);
      assertThat(vault.unwrap(fresh.get(), CONTEXT)).isEqualTo(KEY);
      assertRefused("payload-key-unknown", () -> vault.unwrap(old, CONTEXT));
      other.refresh();
      assertThat(other.payloadKeyId()).isEqualTo(id);
      assertRefused("payload-key-unknown", () -> other.unwrap(old, CONTEXT));
    }
  }

  @Test
  void payloadKeysAllStayIfWrappingAnewFails() {
    byte[] old;
    byte[] fresh;
    try (Pkcs12KeyVault vault = vault()) {
      old = vault.wrap(KEY, CONTEXT);
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() ->
              vault.rotatePayloadKey(() -> {
                throw new IllegalStateException("the disk is full");
              }));
      fresh = vault.wrap(KEY, CONTEXT);
      assertThat(KeyVault.payloadKeyId(fresh)).isNotEqualTo(KeyVault.payloadKeyId(old));
    }
    try (Pkcs12KeyVault vault = vault()) {
      assertThat(vault.unwrap(old, CONTEXT)).isEqualTo(KEY);
      assertThat(vault.unwrap(fresh, CONTEXT)).isEqualTo(KEY);
    }
  }

  @Test
  void keysAreRightWhileOthersRotateThem() throws Exception {
    try (Pkcs12KeyVault vault = vault();
        Pkcs12KeyVault other = vault();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      String pseudonym = vault.pseudonym("Ada");
      List<Future<Integer>> users = new ArrayList<>();
      AtomicBoolean done = new AtomicBoolean();
      for (int user = 0; user < 2; user++) {
        Callable<Integer> use =
            () -> {
              int times = 0;
              while (!done.get()) {
                byte[] wrapped = other.wrap(KEY, CONTEXT);
                try {
                  assertThat(other.unwrap(wrapped, CONTEXT)).isEqualTo(KEY);
                } catch (LedgerException e) {
                  // Rotated in between, and nobody wrapped this one anew.
                  assertThat(e.code()).isEqualTo("ledger.payload-key-unknown");
                }
                assertThat(other.pseudonym("Ada")).isEqualTo(pseudonym);
                times++;
              }
              return times;
            };
        users.add(threads.submit(use));
      }
      for (int i = 0; i < 10; i++) {
        vault.rotatePayloadKey(() -> {});
        other.refresh();
      }
      done.set(true);
      for (Future<Integer> user : users) {
        assertThat(user.get()).isPositive();
      }
    }
  }

  @Test
  void aVaultLocksItselfAndAClockSetBackDoesNotOpenIt() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-30T00:00:00Z"));
    AtomicReference<Instant> newestEntry = new AtomicReference<>(Instant.EPOCH);
    Pkcs12KeyVault.Clock clock = new Pkcs12KeyVault.Clock(now::get, newestEntry::get);
    try (Pkcs12KeyVault vault = vault(clock)) {
      assertThat(vault.locksAt()).isEmpty();
      assertThat(vault.isLocked()).isFalse();
      vault.lockAfter(30);
      Instant end = now.get().plus(Duration.ofDays(30));
      assertThat(vault.locksAt()).contains(end);
      now.set(end);
      byte[] wrapped = vault.wrap(KEY, CONTEXT);
      assertThat(vault.isLocked()).isFalse();
      now.set(end.plusSeconds(1));
      newestEntry.set(now.get());
      assertRefused("keys-locked", () -> vault.unwrap(wrapped, CONTEXT));
      assertRefused("keys-locked", () -> vault.pseudonym("Ada"));
      assertRefused("keys-locked", vault::logSigners);
      assertRefused("keys-locked", () -> vault.lockAfter(0));
      assertRefused("keys-locked", () -> vault.rotatePayloadKey(() -> {}));
      now.set(Instant.parse("2026-12-01T00:00:00Z"));
      assertThat(vault.isLocked()).isTrue();
      assertThat(vault.locksAt()).contains(end);
      assertRefused("keys-locked", () -> vault.unwrap(wrapped, CONTEXT));
      try (Pkcs12KeyVault again = vault(clock)) {
        assertRefused("keys-locked", () -> again.unwrap(wrapped, CONTEXT));
      }
      assertThat(vault.renew()).contains(newestEntry.get().plus(Duration.ofDays(30)));
      assertThat(vault.unwrap(wrapped, CONTEXT)).isEqualTo(KEY);
      vault.lockAfter(0);
      assertThat(vault.locksAt()).isEmpty();
      assertRefused("lock-days", () -> vault.lockAfter(3_651));
      assertRefused("lock-days", () -> vault.lockAfter(-1));
    }
  }

  @Test
  void destroyedKeysAreOverwrittenAndGone() throws IOException {
    Path sameBlocks = folder.resolve("link");
    byte[] before;
    try (Pkcs12KeyVault vault = vault();
        Pkcs12KeyVault other = vault()) {
      other.logSigners();
      before = Files.readAllBytes(keystore);
      Files.createLink(sameBlocks, keystore);
      vault.destroy();
      assertThat(keystore).doesNotExist();
      assertSharesNothing(sameBlocks, before);
      assertRefused("keys-closed", () -> vault.pseudonym("Ada"));
      assertRefused("keys-closed", vault::refresh);
      assertRefused("keys-missing", other::refresh);
      assertRefused("keys-missing", other::logSigners);
    }
  }

  @Test
  void theKeystoreBeforeARotationIsOverwritten() throws IOException {
    try (Pkcs12KeyVault vault = vault()) {
      byte[] before = Files.readAllBytes(keystore);
      Path sameBlocks = folder.resolve("link");
      Files.createLink(sameBlocks, keystore);
      vault.rotatePayloadKey(() -> {});
      assertSharesNothing(sameBlocks, before);
    }
  }

  @Test
  void subjectsHaveALength() {
    try (Pkcs12KeyVault vault = vault()) {
      assertRefused("subject-length", () -> vault.pseudonym(""));
      assertRefused("subject-length", () -> vault.pseudonym("é".repeat(513)));
      assertThat(vault.pseudonym("é".repeat(512))).hasSize(64);
    }
  }

  private static void assertRefused(String reason, ThrowingCallable call) {
    assertThatExceptionOfType(LedgerException.class)
        .isThrownBy(call)
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo("ledger." + reason);
          assertThat(e.remedy()).isNotBlank();
        });
  }

  /** No sixteen bytes of before are left: by chance that happens once in 2^100 runs. */
  private static void assertSharesNothing(Path file, byte[] before) throws IOException {
    byte[] after = Files.readAllBytes(file);
    for (int at = 0; at + 16 <= before.length; at++) {
      int end = Math.min(at + 16, after.length);
      assertThat(at < end && Arrays.equals(before, at, at + 16, after, at, end)).isFalse();
    }
  }

  private static Map<String, String> facts(KeyVault vault) {
    return Map.of(
        "vkeys",
        String.join(" ", vkeys(vault)),
        "pseudonym",
        vault.pseudonym("Ada"),
        "payload key",
        vault.payloadKeyId());
  }

  private static List<String> vkeys(KeyVault vault) {
    return vault.logSigners().stream().map(NoteSigner::key).map(key -> key.vkey()).toList();
  }

  private void writePassphrase(String line) throws IOException {
    Files.deleteIfExists(passphrase.file());
    Files.createFile(
        passphrase.file(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passphrase.file(), line);
  }

  private static Path folderOf(Path file) {
    return PrivateFile.folderOf(file);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
