package dev.candor.ledger.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.WitnessPolicy;
import dev.candor.ledger.storage.Ledger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G6, A30: whatever is altered in a live ledger is found, and where it is. */
class LiveLedgerTest {

  @TempDir private Path home = Path.of("");

  private static List<Finding> wrong(VerificationReport report) {
    return report.findings().stream()
        .filter(finding -> finding.severity() == Finding.Severity.WRONG)
        .toList();
  }

  private VerificationReport against(Path folder, SignedNote... notes) {
    return new LedgerVerifier(new Trust(TestLedger.KEYS, List.of(notes), Optional.empty()))
        .ledger(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 600})
  void whatWasWrittenIsWell(int count) {
    TestLedger.write(home, count, TestLedger.SIGNERS);
    VerificationReport report = against(home);
    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(count);
    assertThat(report.signedBy()).containsExactlyElementsOf(TestLedger.KEYS);
    assertThat(report.checkpoint().orElseThrow().size()).isEqualTo(count);
    try (Ledger ledger = Ledger.view(home)) {
      assertThat(report.root()).isEqualTo(HexFormat.of().formatHex(ledger.root()));
    }
  }

  /** Not one bit of a small ledger can be altered unseen; and the finding names the place. */
  @Test
  void everyBitCounts() throws IOException {
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS.subList(0, 1))) {
      ledger.append(TestLedger.note(1));
      TestLedger.append(ledger, 2);
      ledger.checkpoint();
      ledger.append(TestLedger.note(4));
    }
    assertThat(TestLedger.verify(home).isWell()).isTrue();
    assertThat(TestLedger.files(home))
        .containsExactly("acknowledged", "checkpoint", "entries/000", "vkeys");
    flipAll("checkpoint");
    flipAll("vkeys");
    // Without a checkpoint the rest must hold on its own, and no signature takes its time.
    Files.delete(home.resolve("checkpoint"));
    Files.delete(home.resolve("vkeys"));
    flipAll("entries/000");
    flipAll("acknowledged");
  }

  private void flipAll(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(home.resolve(name));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      flip(name, bytes, bit);
    }
    Files.write(home.resolve(name), bytes);
    assertThat(TestLedger.verify(home).isWell()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void bitsOfALargerLedger(long seed) throws IOException {
    TestLedger.write(home, 256 * 2 + 40, TestLedger.SIGNERS);
    List<String> files = TestLedger.files(home);
    assertThat(files).contains("tile/0/000", "tile/0/001", "tile/1/000", "entries/002");
    SplittableRandom random = new SplittableRandom(seed);
    for (String name : files) {
      byte[] bytes = Files.readAllBytes(home.resolve(name));
      for (int i = 0; i < 12; i++) {
        flip(name, bytes, random.nextInt(8 * bytes.length));
      }
      Files.write(home.resolve(name), bytes);
    }
    assertThat(TestLedger.verify(home).isWell()).isTrue();
  }

  private void flip(String name, byte[] bytes, int bit) throws IOException {
    byte[] altered = bytes.clone();
    altered[bit / 8] ^= (byte) (1 << bit % 8);
    Files.write(home.resolve(name), altered);
    String what = name + ", bit " + bit;
    List<Finding> found = wrong(TestLedger.verify(home));
    assertThat(found).as(what).isNotEmpty();
    assertThat(found).as(what).anyMatch(finding -> finding.file().equals(Optional.of(name)));
    if (name.startsWith("entries/")) {
      Finding first = found.getFirst();
      assertThat(first.file()).as(what).contains(name);
      assertThat(first.offset().orElseThrow()).as(what).isLessThanOrEqualTo(bit / 8 + 3);
      long file = Long.parseLong(name.substring("entries/".length()));
      long entry = entryAt(bytes, bit / 8);
      if (entry >= 0 && first.firstEntry().isPresent()) {
        assertThat(256 * file + entry)
            .as(what)
            .isBetween(first.firstEntry().getAsLong(), first.lastEntry().orElseThrow());
      } else {
        assertThat(first.code()).as(what).isIn("commit-altered", "entry-altered");
      }
    }
  }

  /** Which entry of a file a byte belongs to, −1 if to a commit. */
  private static long entryAt(byte[] bytes, int place) {
    int entry = -1;
    for (int at = 0; at < bytes.length; ) {
      boolean isEntry = bytes[at] == 1;
      int length = isEntry ? 3 + (ByteBuffer.wrap(bytes).getShort(at + 1) & 0xFFFF) : 41;
      entry += isEntry ? 1 : 0;
      if (place < at + length) {
        return isEntry ? entry : -1;
      }
      at += length;
    }
    throw new AssertionError();
  }

  /** An entry of a whole file is named exactly, for the tile tells the others from it. */
  @Test
  void anAlteredEntryIsNamed() throws IOException {
    TestLedger.write(home, 600, TestLedger.SIGNERS);
    for (int entry : new int[] {0, 17, 255, 256, 300, 511}) {
      Path file = home.resolve("entries/00" + entry / 256);
      byte[] bytes = Files.readAllBytes(file);
      String text = "number " + entry + "\n";
      int at = indexOf(bytes, text);
      byte[] altered = bytes.clone();
      altered[at + text.length() - 2] ^= 1;
      Files.write(file, altered);
      List<Finding> found = wrong(TestLedger.verify(home));
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().code()).isEqualTo("entry-altered");
      assertThat(found.getFirst().firstEntry()).hasValue(entry);
      assertThat(found.getFirst().lastEntry()).hasValue(entry);
      Files.write(file, bytes);
    }
  }

  @Test
  void cutAnywhereIsNoticed() throws IOException {
    TestLedger.write(home, 3, TestLedger.SIGNERS.subList(0, 1));
    Path file = home.resolve("entries/000");
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(TestLedger.verify(home).isWell()).as("cut to %d", length).isFalse();
    }
  }

  /** What a crash leaves is no damage: nobody was told that it had been logged. */
  @Test
  void aTornGroupIsARemark() throws IOException {
    TestLedger.write(home, 3, TestLedger.SIGNERS);
    byte[] bytes = Files.readAllBytes(home.resolve("entries/000"));
    Files.delete(home.resolve("checkpoint"));
    Path acknowledged = home.resolve("acknowledged");
    byte[] before = Files.readAllBytes(acknowledged);
    int last;
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS)) {
      TestLedger.append(ledger, 1);
    }
    byte[] grown = Files.readAllBytes(home.resolve("entries/000"));
    last = grown.length - bytes.length;
    Files.write(acknowledged, before);
    for (int more = 1; more < last; more++) {
      Files.write(home.resolve("entries/000"), Arrays.copyOf(grown, bytes.length + more));
      VerificationReport report = TestLedger.verify(home);
      assertThat(report.isWell()).as("%d bytes of %d", more, last).isTrue();
      assertThat(report.entries()).isEqualTo(3);
      assertThat(report.findings()).extracting(Finding::code).contains("torn");
    }
  }

  /** A43: who has a stolen device goes on signing; what was seen before it was stolen stays. */
  @Test
  void whatARevokedKeySignsProvesNothing() throws IOException {
    TestLedger.write(home, 5, TestLedger.SIGNERS);
    SignedNote seen = SignedNote.parse(Files.readAllBytes(home.resolve("checkpoint")));
    assertThat(revoked(seen).findings()).extracting(Finding::code).containsExactly("key-revoked");
    assertThat(revoked(seen).isWell()).isTrue();
    assertThat(revoked().isWell()).isFalse();
    TestLedger.write(home, 3, TestLedger.SIGNERS);
    VerificationReport report = revoked(seen);
    assertThat(report.isWell()).isFalse();
    Finding finding = wrong(report).getFirst();
    assertThat(finding.code()).isEqualTo("key-revoked");
    assertThat(finding.firstEntry()).hasValue(5);
    assertThat(report.signedBy()).isEmpty();
    // Witnesses are asked for all the same.
    WitnessPolicy policy = TestLedger.watchedBy(TestLedger.witness());
    Trust watched = new Trust(TestLedger.KEYS, List.of(), Optional.of(policy), TestLedger.KEYS);
    assertThat(new LedgerVerifier(watched).ledger(home).findings())
        .extracting(Finding::code)
        .containsExactly("key-revoked", "quorum");
    // What a document claims of itself was not seen before.
    SignedNote now = SignedNote.parse(Files.readAllBytes(home.resolve("checkpoint")));
    Trust claimed =
        new Trust(TestLedger.KEYS, List.of(), Optional.empty(), TestLedger.KEYS, List.of(now));
    assertThat(new LedgerVerifier(claimed).ledger(home).isWell()).isFalse();
    // One kind of its keys alone: the other still signs.
    Trust half =
        new Trust(TestLedger.KEYS, List.of(), Optional.empty(), TestLedger.KEYS.subList(0, 1));
    assertThat(new LedgerVerifier(half).ledger(home).isWell()).isTrue();
  }

  private VerificationReport revoked(SignedNote... notes) {
    return new LedgerVerifier(
            new Trust(TestLedger.KEYS, List.of(notes), Optional.empty(), TestLedger.KEYS))
        .ledger(home);
  }

  /** A30: the tail cut off with all that tells of it, which only an earlier checkpoint shows. */
  @Test
  void rollbackNeedsAnEarlierCheckpoint(@TempDir Path before) throws IOException {
    TestLedger.write(home, 300, TestLedger.SIGNERS);
    TestLedger.copy(home, before);
    SignedNote seen;
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS)) {
      TestLedger.append(ledger, 5);
      seen = ledger.checkpoint();
    }
    assertThat(against(before).isWell()).isTrue();
    assertThat(wrong(against(before, seen))).extracting(Finding::code).containsExactly("truncated");
    assertThat(against(home, seen).isWell()).isTrue();
  }

  /** A30: everything replaced by another history under the same keys. */
  @Test
  void aForkIsShownByAnEarlierCheckpoint(@TempDir Path fork) throws IOException {
    TestLedger.write(home, 300, TestLedger.SIGNERS);
    TestLedger.copy(home, fork);
    SignedNote seen;
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS)) {
      TestLedger.append(ledger, 5);
      seen = ledger.checkpoint();
    }
    TestLedger.write(fork, 9, TestLedger.SIGNERS);
    assertThat(against(fork).isWell()).isTrue();
    assertThat(wrong(against(fork, seen)))
        .extracting(Finding::code)
        .containsExactly("other-history");
  }

  /** A30: entries that have changed places, left out or written twice. */
  @Test
  void orderAndNumberCount() throws IOException {
    TestLedger.write(home, 600, TestLedger.SIGNERS);
    Path file = home.resolve("entries/001");
    byte[] bytes = Files.readAllBytes(file);
    int one = 3;
    int length = (bytes[1] & 0xFF) << 8 | (bytes[2] & 0xFF);
    int other = one + length;
    while (bytes[other] != 1) {
      other += 41;
    }
    other += 3;
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, one, swapped, other, length);
    System.arraycopy(bytes, other, swapped, one, length);
    Files.write(file, swapped);
    assertThat(wrong(TestLedger.verify(home)))
        .allMatch(finding -> finding.code().equals("entry-altered"))
        .extracting(finding -> finding.firstEntry().orElseThrow())
        .containsExactly(256L, 257L);

    byte[] without = Arrays.copyOf(bytes, bytes.length - length - 3);
    System.arraycopy(bytes, length + 3, without, 0, without.length);
    Files.write(file, without);
    assertThat(wrong(TestLedger.verify(home)).getFirst().firstEntry()).hasValue(256);
    Files.delete(file);
    assertThat(wrong(TestLedger.verify(home))).extracting(Finding::code).contains("file-missing");
  }

  /** Damage that no tile helps with ends what can be proven, and that is said. */
  @Test
  void withoutTilesWhatFollowsIsNotProvable() throws IOException {
    TestLedger.write(home, 600, TestLedger.SIGNERS);
    try (Stream<Path> tiles = Files.walk(home.resolve("tile"))) {
      for (Path tile : tiles.filter(Files::isRegularFile).toList()) {
        Files.delete(tile);
      }
    }
    VerificationReport well = TestLedger.verify(home);
    assertThat(well.isWell()).isTrue();
    assertThat(well.findings()).extracting(Finding::code).contains("tile-missing");
    byte[] bytes = Files.readAllBytes(home.resolve("entries/000"));
    int at = indexOf(bytes, "number 100\n");
    bytes[at + 8] ^= 1;
    Files.write(home.resolve("entries/000"), bytes);
    VerificationReport report = TestLedger.verify(home);
    assertThat(wrong(report)).extracting(Finding::code).contains("entry-altered", "not-provable");
    Finding altered = wrong(report).getFirst();
    assertThat(100L)
        .isBetween(altered.firstEntry().orElseThrow(), altered.lastEntry().orElseThrow());
    assertThat(report.entries()).isLessThanOrEqualTo(100);
  }

  @Test
  void verifiesWhileItGrows() throws InterruptedException {
    TestLedger.write(home, 250, TestLedger.SIGNERS);
    try (Ledger ledger = TestLedger.open(home, TestLedger.SIGNERS)) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 60; i++) {
                  ledger.append(TestLedger.note(i));
                }
              });
      long before = 0;
      do {
        VerificationReport report = against(home);
        assertThat(wrong(report)).isEmpty();
        assertThat(report.entries()).isGreaterThanOrEqualTo(Math.max(before, 250));
        before = report.entries();
      } while (writer.isAlive());
      writer.join();
    }
    assertThat(against(home).entries()).isEqualTo(310);
  }

  @Test
  void strangeFilesAreNamed() throws IOException {
    TestLedger.write(home, 3, TestLedger.SIGNERS);
    Files.writeString(home.resolve("entries/000\u202ebak"), "x");
    assertThat(wrong(TestLedger.verify(home)))
        .extracting(finding -> finding.file().orElseThrow())
        .containsExactly("entries/000\\u{202E}bak");
  }

  private static int indexOf(byte[] bytes, String text) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    return at;
  }
}
