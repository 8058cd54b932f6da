package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.TreeHash;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.LogProof;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A proof that an entry was logged: the entry, its place in a tree, and who signed the tree. */
final class BundleCheck {

  private final Trust trust;
  private final Findings findings = new Findings();

  private Optional<Checkpoint> checkpoint = Optional.empty();
  private List<VerifierKey> signedBy = List.of();
  private List<VerifierKey> cosignedBy = List.of();

  BundleCheck(Trust trust) {
    this.trust = trust;
  }

  VerificationReport run(Path file, Optional<byte[]> entry) {
    byte[] bytes = readAll(file);
    try {
      check(LogProof.parse(bytes), entry);
    } catch (LedgerException e) {
      findings.add(CheckpointCheck.wrong(e));
    }
    return new VerificationReport(
        "bundle",
        file.toString(),
        findings.isWell() ? 1 : 0,
        checkpoint.map(it -> HexFormat.of().formatHex(it.root())).orElse(""),
        checkpoint,
        signedBy,
        cosignedBy,
        !trust.keys().isEmpty(),
        findings.kept(),
        findings.more());
  }

  private void check(LogProof proof, Optional<byte[]> entry) {
    checkpoint = Optional.of(Checkpoint.parse(proof.checkpoint().text()));
    if (trust.keys().isEmpty() && trust.policy().isEmpty()) {
      findings.add(
          Finding.wrong(
              "keys-missing",
              "a proof holds only under a key: give the one of the log's operator"));
      return;
    }
    byte[] leaf = entry.orElse(proof.extra());
    WitnessPolicy ofKeys = WitnessPolicy.of(trust.keys());
    WitnessPolicy.Accepted accepted =
        proof.verify(TreeHash.leaf(leaf), trust.policy().orElse(ofKeys));
    signedBy = trust.keys().isEmpty() ? accepted.logs() : ofKeys.check(proof.checkpoint()).logs();
    cosignedBy = accepted.witnesses();
    if (trust.counting(signedBy).isEmpty()) {
      findings.add(Finding.wrong("key-revoked", "the key that signed the tree is revoked"));
      return;
    }
    signedBy = trust.counting(signedBy);
    long index = proof.proof().index();
    trust.counting(trust.keys()).stream()
        .map(VerifierKey::type)
        .distinct()
        .filter(type -> signedBy.stream().noneMatch(key -> key.type() == type))
        .forEach(type ->
            findings.add(
                Finding.wrong(
                    "signature-missing",
                    "no key of " + type.algorithm() + " signed it, though one is known")));
    Entry logged = Entry.parse(leaf);
    findings.add(
        Finding.remark(
                "entry-proven",
                "entry "
                    + index
                    + " of "
                    + proof.proof().size()
                    + ", of kind "
                    + logged.kind()
                    + ", was logged")
            .of(index, index));
    for (SignedNote note : trust.against()) {
      earlier(note, accepted.checkpoint());
    }
  }

  /** Two checkpoints alone show a fork only if they are of one size. */
  private void earlier(SignedNote note, Checkpoint of) {
    Checkpoint seen = Checkpoint.parse(note.text());
    if (seen.size() != of.size()) {
      findings.add(
          Finding.remark(
              "not-comparable",
              "the checkpoint seen earlier is of another size: verify the ledger or an export"
                  + " against it"));
    } else if (!Arrays.equals(seen.root(), of.root())) {
      findings.add(
          Finding.wrong(
              "other-history", "the checkpoint seen earlier has another root at the same size"));
    }
  }

  private static byte[] readAll(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LogProof.MOST_BYTES + 1);
    } catch (IOException e) {
      throw Verification.unreadable(file, e);
    }
  }
}
