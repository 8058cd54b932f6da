package dev.candor.ledger.verification;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.NoteSigners;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import dev.candor.ledger.storage.Ledger;
import dev.candor.ledger.storage.LedgerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Ledgers as the product writes them, for the verifier to judge. */
final class TestLedger {

  static final String ORIGIN = "example.com/ledger";
  static final KeyPair ED25519 = pair("Ed25519");
  static final KeyPair ML_DSA_44 = pair("ML-DSA-44");
  static final List<NoteSigner> SIGNERS =
      List.of(NoteSigners.ed25519(ORIGIN, ED25519), NoteSigners.mlDsa44(ORIGIN, ML_DSA_44));
  static final List<VerifierKey> KEYS = SIGNERS.stream().map(NoteSigner::key).toList();

  private TestLedger() {}

  static Ledger open(Path folder, List<NoteSigner> signers) {
    return Ledger.open(folder, new LedgerSettings(ORIGIN, () -> signers));
  }

  static Entry note(int number) {
    return new Entry("note", Map.of("number", Integer.toString(number)));
  }

  /** Appends so many notes, in groups as they come. */
  static void append(Ledger ledger, int count) {
    List<CompletableFuture<Ledger.Appended>> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(ledger.appendLater(note(i)));
    }
    waiting.forEach(CompletableFuture::join);
  }

  /** A ledger of so many notes with a checkpoint. */
  static void write(Path folder, int count, List<NoteSigner> signers) {
    try (Ledger ledger = open(folder, signers)) {
      append(ledger, count);
      ledger.checkpoint();
    }
  }

  static VerificationReport verify(Path folder) {
    return new LedgerVerifier(Trust.NONE).ledger(folder);
  }

  /** All files by their names, except the lock, which says nothing. */
  static List<String> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.equals("lock"))
          .sorted()
          .toList();
    }
  }

  static void copy(Path from, Path to) throws IOException {
    for (String name : files(from)) {
      Files.createDirectories(to.resolve(name).getParent());
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  /** Somebody who cosigns checkpoints. */
  static NoteSigner witness() {
    return NoteSigners.mlDsa44Cosigner(
        "witness.example",
        pair("ML-DSA-44"),
        InstantSource.fixed(Instant.parse("2026-11-30T09:10:11Z")));
  }

  /** The log of these ledgers, which this witness has to have cosigned. */
  static WitnessPolicy watchedBy(NoteSigner witness) {
    return WitnessPolicy.parse(
        ("log " + KEYS.getFirst().vkey() + "\nwitness w " + witness.key().vkey() + "\nquorum w\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  static KeyPair pair(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
