package dev.candor.conformance.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.ledger.merkle.ConsistencyProof;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.LogProof;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.Trust;
import dev.candor.ledger.verification.VerificationReport;
import dev.candor.server.ProgramRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two implementations that share nothing but the specifications: the Go modules of those who wrote
 * them, and ours. Each judges what the other wrote.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoInteroperabilityTest {

  private static final int SIZE = 700;

  @TempDir static Path folder = Path.of("");

  private GoProgram go = new GoProgram(folder);
  private final TestLog ours = new TestLog(SIZE);

  @BeforeAll
  void build() throws IOException, InterruptedException {
    go = GoProgram.build(folder);
  }

  @Test
  void goAcceptsWhatWeWrite(@TempDir Path written) throws IOException, InterruptedException {
    ours.write(written);
    ProgramRun run = go.run("judge", written);
    assertThat(run.output())
        .contains("checkpoints 7\n")
        .contains("inclusion 234\n")
        .contains("consistency 234\n")
        .contains("bundles 22\n")
        .contains("policy 3\n")
        .contains("log 700\n");
    assertThat(run.status()).as(run.output()).isZero();
  }

  /** What Go is to say of one altered byte: so its judgement above was one. */
  @ParameterizedTest
  @CsvSource({
    "checkpoints/257, checkpoints: 257: invalid signature for key candor.example/log",
    "inclusion, inclusion: line",
    "consistency, consistency: line",
    "bundles/33.tlog-proof, bundles: 33.tlog-proof",
    "reached/all, policy: reached",
    "log/tile/entries/001, log:",
    "log/tile/0/002.p/188, log:",
    "log/tile/1/000.p/2, log:",
    "log/checkpoint, log:"
  })
  void goRefusesWhatIsAltered(String name, String why, @TempDir Path written)
      throws IOException, InterruptedException {
    ours.write(written);
    Path file = written.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    // In a note, a proof or a line, a letter becomes another one: it is still what it was in form.
    int at = name.startsWith("log/tile") ? 40 : name.startsWith("bundles") ? 60 : 30;
    bytes[at] = (byte) (bytes[at] == 'A' ? 'B' : 'A');
    Files.write(file, bytes);
    ProgramRun run = go.run("judge", written);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.output()).contains(why);
  }

  @Test
  void weAcceptWhatGoWrites(@TempDir Path written) throws IOException, InterruptedException {
    ProgramRun run = go.run("make", written);
    assertThat(run.status()).as(run.output()).isZero();
    List<VerifierKey> keys =
        Files.readAllLines(written.resolve("keys")).stream().map(VerifierKey::parse).toList();
    assertThat(keys).hasSize(4);

    List<Path> checkpoints = list(written.resolve("checkpoints"));
    assertThat(checkpoints).hasSize(7);
    for (Path file : checkpoints) {
      SignedNote note = SignedNote.parse(Files.readAllBytes(file));
      assertThat(note.form()).isEqualTo(Files.readAllBytes(file));
      assertThat(note.verifiedBy(keys)).containsExactlyElementsOf(keys);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      assertThat(file).endsWithRaw(Path.of(Long.toString(checkpoint.size())));
    }

    VerificationReport report =
        new LedgerVerifier(new Trust(keys.subList(0, 1), List.of(), Optional.empty()))
            .export(written.resolve("log"));
    assertThat(report.findings()).isEmpty();
    assertThat(report.entries()).isEqualTo(600);

    HashSource hashes = goLog(written.resolve("log"), keys.getFirst());
    for (String line : Files.readAllLines(written.resolve("inclusion"))) {
      Line proof = Line.parse(line);
      InclusionProof inclusion = new InclusionProof(proof.a, proof.b, proof.hashes);
      assertThat(inclusion.proves(proof.x, proof.y)).isTrue();
      assertThat(inclusion).isEqualTo(InclusionProof.of(proof.a, proof.b, hashes));
    }
    for (String line : Files.readAllLines(written.resolve("consistency"))) {
      Line proof = Line.parse(line);
      ConsistencyProof consistency = new ConsistencyProof(proof.a, proof.b, proof.hashes);
      assertThat(consistency.proves(proof.x, proof.y)).isTrue();
      assertThat(consistency).isEqualTo(ConsistencyProof.of(proof.a, proof.b, hashes));
    }

    List<Path> bundles = list(written.resolve("bundles"));
    assertThat(bundles).hasSizeGreaterThan(10);
    for (Path file : bundles) {
      LogProof bundle = LogProof.parse(Files.readAllBytes(file));
      assertThat(bundle.form()).isEqualTo(Files.readAllBytes(file));
      for (int key = 0; key < 2; key++) {
        bundle.verify(TreeHash.leaf(bundle.extra()), WitnessPolicy.of(List.of(keys.get(key))));
      }
    }

    WitnessPolicy policy = WitnessPolicy.parse(Files.readAllBytes(written.resolve("policy")));
    for (Path file : list(written.resolve("reached"))) {
      assertThat(policy.check(SignedNote.parse(Files.readAllBytes(file))).witnesses()).hasSize(2);
    }
    for (Path file : list(written.resolve("missed"))) {
      SignedNote note = SignedNote.parse(Files.readAllBytes(file));
      assertThatThrownBy(() -> policy.check(note)).extracting("code").isEqualTo("ledger.quorum");
    }
  }

  /** Reads a whole log that Tessera wrote: every entry, every tile. */
  private static HashSource goLog(Path log, VerifierKey key) throws IOException {
    SignedNote note = SignedNote.parse(Files.readAllBytes(log.resolve("checkpoint")));
    note.verifiedBy(List.of(key));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    assertThat(checkpoint.size()).isEqualTo(600);
    List<byte[]> leaves = new ArrayList<>();
    List<TilePath> tiles = TilePath.of(checkpoint.size());
    for (TilePath tile : tiles) {
      if (tile.level() == 0) {
        ByteBuffer bundle =
            ByteBuffer.wrap(
                Files.readAllBytes(log.resolve(TilePath.entries(tile.index(), tile.width()))));
        while (bundle.hasRemaining()) {
          byte[] entry = new byte[bundle.getShort() & 0xFFFF];
          bundle.get(entry);
          assertThat(new String(entry, UTF_8))
              .startsWith("candor/1 go-made\n")
              .endsWith("\nnumber " + leaves.size() + "\n");
          leaves.add(TreeHash.leaf(entry));
        }
      }
    }
    HashSource hashes = new Leaves(leaves);
    assertThat(leaves).hasSize(600);
    assertThat(MerkleRoot.of(600, hashes)).isEqualTo(checkpoint.root());
    for (TilePath tile : tiles) {
      byte[] stored = Files.readAllBytes(log.resolve(tile.path()));
      assertThat(stored).hasSize(tile.width() * TreeHash.BYTES);
      for (int i = 0; i < tile.width(); i++) {
        assertThat(Arrays.copyOfRange(stored, 32 * i, 32 * i + 32))
            .isEqualTo(hashes.hash(8 * tile.level(), tile.index() * TilePath.WIDTH + i));
      }
    }
    return hashes;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private record Leaves(List<byte[]> leaves) implements HashSource {
    @Override
    public byte[] hash(int level, long index) {
      return level == 0
          ? leaves.get((int) index)
          : TreeHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Line(long a, long b, byte[] x, byte[] y, List<byte[]> hashes) {
    static Line parse(String line) {
      String[] words = line.split(" ");
      List<byte[]> hashes = Arrays.stream(words).skip(2).map(Base64.getDecoder()::decode).toList();
      return new Line(
          Long.parseLong(words[0]),
          Long.parseLong(words[1]),
          hashes.get(0),
          hashes.get(1),
          hashes.subList(2, hashes.size()));
    }
  }
}
