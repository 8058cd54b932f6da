package dev.candor.ledger.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.WitnessPolicy;
import dev.candor.ledger.storage.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A33 and the same damage as of a live ledger, in the layout that others serve and mirror. */
class ExportTest {

  private static final Trust TRUST = new Trust(TestLedger.KEYS, List.of(), Optional.empty());

  @TempDir private Path home = Path.of("");

  private static List<byte[]> entries(int count) {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(stamped(i).bytes());
    }
    return entries;
  }

  private static Entry stamped(int number) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("at", "2026-11-30T09:10:11.123456789Z");
    values.put("boot", "b");
    values.put("clock", Integer.toString(number));
    values.put("number", Integer.toString(number));
    return new Entry("note", values);
  }

  private VerificationReport verify() {
    return new LedgerVerifier(TRUST).export(home);
  }

  private List<Finding> wrong() {
    return verify().findings().stream()
        .filter(finding -> finding.severity() == Finding.Severity.WRONG)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 700})
  void whatWasWrittenIsWell(int count) throws IOException {
    List<byte[]> entries = entries(count);
    TestExport.write(home, entries, TestLedger.SIGNERS);
    VerificationReport report = verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(count);
    assertThat(report.signedBy()).containsExactlyElementsOf(TestLedger.KEYS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256, 300, 600})
  void whatALedgerExportsIsWell(int count, @TempDir Path folder) {
    try (Ledger ledger = TestLedger.open(folder, TestLedger.SIGNERS)) {
      TestLedger.append(ledger, count);
      ledger.checkpoint();
      ledger.export(home.resolve("export"));
    }
    VerificationReport report = new LedgerVerifier(TRUST).export(home.resolve("export"));
    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(count);
  }

  @Test
  void everyBitCounts() throws IOException {
    TestExport.write(home, entries(2), TestLedger.SIGNERS.subList(0, 1));
    Trust keys = new Trust(TestLedger.KEYS.subList(0, 1), List.of(), Optional.empty());
    for (String name : TestLedger.files(home)) {
      byte[] bytes = Files.readAllBytes(home.resolve(name));
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        byte[] altered = bytes.clone();
        altered[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(home.resolve(name), altered);
        VerificationReport report = new LedgerVerifier(keys).export(home);
        assertThat(report.isWell()).as("%s, bit %d", name, bit).isFalse();
        assertThat(report.findings())
            .as("%s, bit %d", name, bit)
            .anyMatch(finding -> finding.file().equals(Optional.of(name)));
      }
      Files.write(home.resolve(name), bytes);
    }
    assertThat(new LedgerVerifier(keys).export(home).isWell()).isTrue();
  }

  /** Of an entry and a tile that disagree, the one is named that is wrong. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theWrongOneIsNamed(long seed) throws IOException {
    List<byte[]> entries = entries(700);
    TestExport.write(home, entries, TestLedger.SIGNERS);
    SplittableRandom random = new SplittableRandom(seed);
    for (String name : TestLedger.files(home)) {
      byte[] bytes = Files.readAllBytes(home.resolve(name));
      for (int i = 0; i < 6; i++) {
        byte[] altered = bytes.clone();
        altered[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(home.resolve(name), altered);
        assertThat(wrong())
            .as(name)
            .isNotEmpty()
            .allMatch(finding -> finding.file().equals(Optional.of(name)));
      }
      Files.write(home.resolve(name), bytes);
    }
    for (int index : new int[] {0, 255, 256, 699}) {
      String name = index < 512 ? "tile/entries/00" + index / 256 : "tile/entries/002.p/188";
      byte[] bytes = Files.readAllBytes(home.resolve(name));
      byte[] altered = bytes.clone();
      int at = indexOf(bytes, new String(entries.get(index), StandardCharsets.US_ASCII));
      altered[at + entries.get(index).length - 2] ^= 1;
      Files.write(home.resolve(name), altered);
      assertThat(wrong()).hasSize(1);
      assertThat(wrong().getFirst().firstEntry()).hasValue(index);
      assertThat(wrong().getFirst().offset()).hasValue(at);
      Files.write(home.resolve(name), bytes);
    }
  }

  @Test
  void everyFileIsNeeded() throws IOException {
    TestExport.write(home, entries(600), TestLedger.SIGNERS);
    for (String name : TestLedger.files(home)) {
      if (name.equals("vkeys")) {
        continue; // The keys that are trusted came from elsewhere.
      }
      byte[] bytes = Files.readAllBytes(home.resolve(name));
      for (int length : new int[] {-1, 0, bytes.length / 2, bytes.length - 1}) {
        if (length < 0) {
          Files.delete(home.resolve(name));
        } else {
          Files.write(home.resolve(name), Arrays.copyOf(bytes, length));
        }
        assertThat(wrong()).as("%s cut to %d", name, length).isNotEmpty();
      }
      Files.write(home.resolve(name), Arrays.copyOf(bytes, bytes.length + 1));
      assertThat(wrong()).as("%s with one byte more", name).isNotEmpty();
      Files.write(home.resolve(name), bytes);
    }
    assertThat(wrong()).isEmpty();
  }

  /** A33: a second form of the same words is no entry, whoever hashed and signed it. */
  @Test
  void anEntryHasOneForm() throws IOException {
    List<byte[]> entries = entries(5);
    entries.set(3, "candor/1 note\nat %41\n".getBytes(StandardCharsets.US_ASCII));
    TestExport.write(home, entries, TestLedger.SIGNERS);
    assertThat(wrong()).extracting(Finding::code).containsExactly("entry-malformed");
    assertThat(wrong().getFirst().firstEntry()).hasValue(3);
    assertThat(wrong().getFirst().file()).contains("tile/entries/000.p/5");
  }

  /** A30: a whole history made up by who holds the key has no cosignatures. */
  @Test
  void aForkHasNoWitness() throws IOException {
    NoteSigner witness = TestLedger.witness();
    WitnessPolicy policy = TestLedger.watchedBy(witness);
    LedgerVerifier verifier =
        new LedgerVerifier(new Trust(TestLedger.KEYS, List.of(), Optional.of(policy)));
    List<NoteSigner> all = new ArrayList<>(TestLedger.SIGNERS);
    all.add(witness);
    TestExport.write(home, entries(5), all);
    VerificationReport report = verifier.export(home);
    assertThat(report.findings()).isEmpty();
    assertThat(report.cosignedBy()).containsExactly(witness.key());
    TestExport.write(home, entries(6), TestLedger.SIGNERS);
    assertThat(verifier.export(home).findings())
        .extracting(Finding::code)
        .containsExactly("quorum");
  }

  @Test
  void growthFromAnEarlierCheckpoint() throws IOException {
    List<byte[]> entries = entries(600);
    TestExport.write(home, entries, TestLedger.SIGNERS);
    for (int size : new int[] {0, 1, 256, 300, 600, 601}) {
      List<byte[]> seen = entries(601);
      SignedNote note =
          new SignedNote(
                  new Checkpoint(
                          TestLedger.ORIGIN, size, MerkleRoot.of(size, TestExport.tree(seen)))
                      .text())
              .signedBy(TestLedger.SIGNERS);
      Trust trust = new Trust(TestLedger.KEYS, List.of(note), Optional.empty());
      assertThat(new LedgerVerifier(trust).export(home).findings())
          .extracting(Finding::code)
          .as("of %d", size)
          .isEqualTo(size <= 600 ? List.of() : List.of("truncated"));
    }
    List<byte[]> others = entries(600);
    others.set(299, others.get(298));
    for (int size : new int[] {299, 300, 600}) {
      SignedNote note =
          new SignedNote(
                  new Checkpoint(
                          TestLedger.ORIGIN, size, MerkleRoot.of(size, TestExport.tree(others)))
                      .text())
              .signedBy(TestLedger.SIGNERS);
      Trust trust = new Trust(TestLedger.KEYS, List.of(note), Optional.empty());
      assertThat(new LedgerVerifier(trust).export(home).findings())
          .extracting(Finding::code)
          .as("of %d", size)
          .isEqualTo(size < 300 ? List.of() : List.of("other-history"));
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    return at;
  }
}
