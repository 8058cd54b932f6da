package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The signed checkpoint of a ledger, the keys that signed it, and checkpoints seen earlier. */
final class CheckpointCheck {

  static final String FILE = "checkpoint";
  static final String KEYS = "vkeys";

  private static final int MOST_KEYS_BYTES = 1 << 20;

  private final Verification verification;
  private final Trust trust;
  private final List<VerifierKey> named = new ArrayList<>();

  private Optional<SignedNote> note = Optional.empty();
  private Optional<Checkpoint> checkpoint = Optional.empty();
  private List<VerifierKey> signedBy = List.of();
  private List<VerifierKey> cosignedBy = List.of();

  CheckpointCheck(Verification verification, Trust trust) {
    this.verification = verification;
    this.trust = trust;
  }

  Optional<Checkpoint> checkpoint() {
    return checkpoint;
  }

  List<VerifierKey> signedBy() {
    return signedBy;
  }

  List<VerifierKey> cosignedBy() {
    return cosignedBy;
  }

  /** Reads the files, and says what the tree must come to. */
  void begin() {
    readKeys();
    Optional<byte[]> file = verification.read(FILE, SignedNote.MOST_BYTES + 1);
    if (file.isPresent()) {
      try {
        SignedNote read = SignedNote.parse(file.get());
        Checkpoint parsed = Checkpoint.parse(read.text());
        note = Optional.of(read);
        checkpoint = Optional.of(parsed);
        verification.expect(
            new Verification.Expectation(
                parsed.size(), parsed.root(), "the signed checkpoint", Optional.of(FILE)));
      } catch (LedgerException e) {
        verification.findings.add(
            Finding.wrong("checkpoint-malformed", String.valueOf(e.getMessage())).in(FILE));
      }
    }
    for (SignedNote earlier : trust.compared()) {
      Checkpoint seen = Checkpoint.parse(earlier.text());
      verification.expect(
          new Verification.Expectation(
              seen.size(), seen.root(), "the checkpoint seen earlier", Optional.empty()));
    }
  }

  /** Judges signatures, once the entries have told which keys the log has had. */
  void end() {
    List<VerifierKey> own = trust.keys().isEmpty() ? named : trust.keys();
    // An earlier checkpoint is from a time at which its key still counted.
    List<VerifierKey> known = verification.chain.trusted(own, List.of());
    if (note.isPresent() && checkpoint.isPresent()) {
      signatures(note.get(), checkpoint.get(), own, known);
    } else if (verification.findings.isWell()) {
      String message = "there is no checkpoint: nothing says whose these entries are";
      verification.findings.add(
          trust.keys().isEmpty() && trust.policy().isEmpty()
              ? Finding.remark("checkpoint-missing", message).in(FILE)
              : Finding.wrong("checkpoint-missing", message).in(FILE));
    }
    for (SignedNote earlier : trust.compared()) {
      earlier(earlier, known);
    }
    if (trust.keys().isEmpty() && note.isPresent()) {
      verification.findings.add(
          Finding.remark(
              "keys-own",
              "the keys are those that the ledger names itself: that it is whole is proven, whose"
                  + " it is is not"));
    }
  }

  private void signatures(
      SignedNote signed, Checkpoint of, List<VerifierKey> own, List<VerifierKey> known) {
    try {
      List<VerifierKey> ofLog =
          known.stream().filter(key -> key.name().equals(of.origin())).toList();
      List<VerifierKey> signers = signed.verifiedBy(ofLog);
      List<VerifierKey> counting = verification.chain.trusted(own, trust.revoked());
      signedBy = signers.stream().filter(counting::contains).toList();
      if (signedBy.isEmpty()) {
        verification.findings.add(revoked(of));
      } else {
        signers(own, of);
      }
      if (of.size() < verification.size()) {
        verification.findings.add(
            Finding.remark(
                    "unsigned",
                    (verification.size() - of.size()) + " entries came after the checkpoint")
                .of(of.size(), verification.size() - 1));
      }
    } catch (LedgerException e) {
      verification.findings.add(wrong(e).in(FILE));
    }
    trust.policy().ifPresent(policy -> cosignatures(signed, policy));
  }

  /** Whether all that should have signed it did, and were to. */
  private void signers(List<VerifierKey> own, Checkpoint of) {
    trust.counting(own).stream()
        .map(VerifierKey::type)
        .distinct()
        .filter(type -> signedBy.stream().noneMatch(key -> key.type() == type))
        .forEach(type ->
            verification.findings.add(
                Finding.wrong(
                        "signature-missing",
                        "no key of " + type.algorithm() + " signed it, though one is known")
                    .in(FILE)));
    List<VerifierKey> current = verification.chain.at(of.size());
    if (!current.isEmpty() && signedBy.stream().noneMatch(current::contains)) {
      verification.findings.add(
          Finding.remark(
                  "key-replaced", "the keys that signed it had been replaced by others before")
              .in(FILE));
    }
  }

  /** What only revoked keys have signed may be anybody's, but for what was seen before. */
  private Finding revoked(Checkpoint of) {
    long seen =
        trust.against().stream()
            .map(note -> Checkpoint.parse(note.text()))
            .filter(earlier -> earlier.origin().equals(of.origin()))
            .mapToLong(Checkpoint::size)
            .max()
            .orElse(0);
    if (seen >= of.size()) {
      return Finding.remark(
              "key-revoked", "its key is revoked; what it signed was seen before that")
          .in(FILE);
    }
    return Finding.wrong(
            "key-revoked",
            "its key is revoked: entries from "
                + seen
                + " on may be anybody's"
                + (seen > 0 ? "; those before are of the checkpoint seen earlier" : ""))
        .of(seen, of.size() - 1)
        .in(FILE);
  }

  private void cosignatures(SignedNote signed, WitnessPolicy policy) {
    try {
      cosignedBy = policy.check(signed).witnesses();
    } catch (LedgerException e) {
      verification.findings.add(wrong(e).in(FILE));
    }
  }

  /** A checkpoint that nobody signed is no evidence against anybody. */
  private void earlier(SignedNote earlier, List<VerifierKey> known) {
    Checkpoint seen = Checkpoint.parse(earlier.text());
    try {
      earlier.verifiedBy(known);
    } catch (LedgerException e) {
      Finding finding = wrong(e);
      verification.findings.add(
          Finding.wrong(
              "earlier-" + finding.code(), "the checkpoint seen earlier: " + finding.message()));
    }
    if (checkpoint.filter(own -> !own.origin().equals(seen.origin())).isPresent()) {
      verification.findings.add(
          Finding.wrong(
              "other-log",
              "the checkpoint seen earlier is of " + Shown.text(seen.origin()) + ", another log"));
    }
  }

  private void readKeys() {
    Optional<byte[]> file = verification.read(KEYS, MOST_KEYS_BYTES + 1);
    if (file.isEmpty()) {
      return;
    }
    String text = new String(file.get(), StandardCharsets.UTF_8);
    long at = 0;
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty() || at < file.get().length) {
        try {
          named.add(VerifierKey.parse(line));
        } catch (LedgerException e) {
          verification.findings.add(
              Finding.wrong("key-malformed", String.valueOf(e.getMessage())).in(KEYS, at));
        }
      }
      at += line.getBytes(StandardCharsets.UTF_8).length + 1;
    }
    if (!text.isEmpty() && !text.endsWith("\n")) {
      verification.findings.add(
          Finding.wrong("key-malformed", "the last line does not end").in(KEYS, text.length()));
    }
  }

  static Finding wrong(LedgerException e) {
    return Finding.wrong(e.code().substring("ledger.".length()), String.valueOf(e.getMessage()));
  }
}
