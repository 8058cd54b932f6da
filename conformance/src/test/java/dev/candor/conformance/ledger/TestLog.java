package dev.candor.conformance.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.ConsistencyProof;
import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.InclusionProof;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.LogProof;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.storage.Ledger;
import dev.candor.ledger.storage.LedgerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A log in memory with its keys and two witnesses, and how it is laid out for Go to judge. */
final class TestLog {

  static final String ORIGIN = "candor.example/log";
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-30T09:10:11Z"));

  private final List<byte[]> entries = new ArrayList<>();
  private final List<List<byte[]>> levels = new ArrayList<>();

  /** Ed25519 and ML-DSA-44 of the log, ML-DSA-44 and Ed25519 of the witnesses w1 and w2. */
  final List<NoteSigner> signers =
      List.of(
          NoteSigners.ed25519(ORIGIN, pair("Ed25519")),
          NoteSigners.mlDsa44(ORIGIN, pair("ML-DSA-44")),
          NoteSigners.mlDsa44Cosigner("w1.example", pair("ML-DSA-44"), CLOCK),
          NoteSigners.ed25519Cosigner("w2.example", pair("Ed25519"), CLOCK));

  TestLog(int size) {
    for (int i = 0; i < size; i++) {
      byte[] entry = new Entry("note", Map.of("number", "№ " + i)).bytes();
      entries.add(entry);
      append(0, TreeHash.leaf(entry));
    }
  }

  private void append(int level, byte[] hash) {
    if (levels.size() == level) {
      levels.add(new ArrayList<>());
    }
    List<byte[]> hashes = levels.get(level);
    hashes.add(hash);
    if (hashes.size() % 2 == 0) {
      append(level + 1, TreeHash.node(hashes.get(hashes.size() - 2), hash));
    }
  }

  HashSource hashes() {
    return (level, index) -> levels.get(level).get((int) index);
  }

  SignedNote checkpoint(long size, List<NoteSigner> by) {
    Checkpoint checkpoint = new Checkpoint(ORIGIN, size, MerkleRoot.of(size, hashes()));
    return new SignedNote(checkpoint.text()).signedBy(by);
  }

  void write(Path folder) throws IOException {
    int size = entries.size();
    write(folder, "keys", String.join("\n", signers.stream().map(s -> s.key().vkey()).toList()));
    for (long at : new long[] {0, 1, 2, 255, 256, 257, size}) {
      write(folder, "checkpoints/" + at, checkpoint(at, signers).form());
    }
    StringBuilder inclusion = new StringBuilder();
    StringBuilder consistency = new StringBuilder();
    for (int i = 0; i < size; i += 3) {
      InclusionProof proof = InclusionProof.of(i, size, hashes());
      line(
          inclusion,
          i,
          size,
          levels.getFirst().get(i),
          MerkleRoot.of(size, hashes()),
          proof.hashes());
      if (i % 11 == 0) {
        LogProof bundle = new LogProof(entries.get(i), proof, checkpoint(size, signers));
        write(folder, "bundles/" + i + ".tlog-proof", bundle.form());
      }
      int to = Math.min(size, i + 1 + i % 29);
      line(
          consistency,
          i + 1,
          to,
          MerkleRoot.of(i + 1, hashes()),
          MerkleRoot.of(to, hashes()),
          ConsistencyProof.of(i + 1, to, hashes()).hashes());
    }
    write(folder, "inclusion", inclusion.toString().strip());
    write(folder, "consistency", consistency.toString().strip());
    writePolicy(folder);
    writeTiles(folder.resolve("ledger"), folder.resolve("log"));
  }

  private void writePolicy(Path folder) throws IOException {
    write(
        folder,
        "policy",
        """
        log %s
        witness w1 %s https://w1.example/
        witness w2 %s https://w2.example/
        group both 2 w1 w2
        quorum both\
        """
            .formatted(
                signers.get(0).key().vkey(),
                signers.get(2).key().vkey(),
                signers.get(3).key().vkey()));
    write(folder, "reached/all", checkpoint(5, signers).form());
    write(folder, "missed/w1", checkpoint(5, signers.subList(0, 3)).form());
    write(folder, "missed/none", checkpoint(5, signers.subList(0, 1)).form());
  }

  /** A ledger on disk, exported: the entries are others, the keys are the log's. */
  private void writeTiles(Path ledgerFolder, Path folder) throws IOException {
    LedgerSettings settings = new LedgerSettings(ORIGIN, () -> signers.subList(0, 2));
    try (Ledger ledger = Ledger.open(ledgerFolder, settings)) {
      List<CompletableFuture<Ledger.Appended>> waiting = new ArrayList<>();
      for (int i = 0; i < entries.size(); i++) {
        waiting.add(ledger.appendLater(new Entry("note", Map.of("number", Integer.toString(i)))));
      }
      waiting.forEach(CompletableFuture::join);
      ledger.checkpoint();
      ledger.export(folder);
    }
  }

  private static void line(
      StringBuilder out, long a, long b, byte[] x, byte[] y, List<byte[]> hashes) {
    List<byte[]> all = new ArrayList<>(Arrays.asList(x, y));
    all.addAll(hashes);
    out.append(a).append(' ').append(b);
    all.forEach(hash -> out.append(' ').append(Base64.getEncoder().encodeToString(hash)));
    out.append('\n');
  }

  private static void write(Path folder, String name, String text) throws IOException {
    write(folder, name, (text + "\n").getBytes(UTF_8));
  }

  private static void write(Path folder, String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
