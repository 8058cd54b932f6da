package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Verifies what a ledger left. It needs no key of the ledger, takes no lock and writes nothing. A
 * pass reads every file once and holds 64 bytes for each 256 entries, and a little for each
 * decision.
 */
public final class LedgerVerifier {

  /** The rules that apply to every ledger of Candor. */
  public static final List<Supplier<EntryRule>> RULES =
      List.of(StampRule::new, DecisionRule::new, DestructionRule::new);

  private final Trust trust;
  private final List<Supplier<EntryRule>> rules;

  /** Verifies with the usual rules. */
  public LedgerVerifier(Trust trust) {
    this(trust, RULES);
  }

  /**
   * Verifies with rules of one's own.
   *
   * @param rules each is asked for a new rule for each ledger
   */
  public LedgerVerifier(Trust trust, List<Supplier<EntryRule>> rules) {
    this.trust = trust;
    this.rules = List.copyOf(rules);
  }

  /**
   * Verifies a live ledger: every entry against the roots of its commits, what was acknowledged and
   * the checkpoint. It may be written meanwhile.
   *
   * @throws LedgerException {@code ledger.missing} if there is no such folder, {@code
   *     ledger.unreadable} if a file cannot be read
   */
  public VerificationReport ledger(Path folder) {
    requireFolder(folder);
    Verification verification = verification(folder);
    CheckpointCheck checkpoint = new CheckpointCheck(verification, trust);
    // What the entries may not fall short of is read before them: they only grow.
    checkpoint.begin();
    AcknowledgementCheck.begin(verification);
    new LiveLedgerCheck(verification).run();
    return report("ledger", verification, checkpoint);
  }

  /**
   * Verifies an export, or any log in the layout of C2SP tlog-tiles with entries of Candor.
   *
   * @throws LedgerException {@code ledger.missing} if there is no such folder, {@code
   *     ledger.unreadable} if a file cannot be read
   */
  public VerificationReport export(Path folder) {
    requireFolder(folder);
    Verification verification = verification(folder);
    CheckpointCheck checkpoint = new CheckpointCheck(verification, trust);
    checkpoint.begin();
    checkpoint
        .checkpoint()
        .ifPresentOrElse(
            signed -> new ExportCheck(verification, signed.size()).run(),
            () -> {
              if (verification.findings.isWell()) {
                verification.findings.add(
                    Finding.wrong("checkpoint-missing", "an export has a checkpoint")
                        .in(CheckpointCheck.FILE));
              }
            });
    return report("export", verification, checkpoint);
  }

  /**
   * Verifies a proof that an entry was logged.
   *
   * @param entry its bytes; if there are none, the extra data of the proof
   * @throws LedgerException {@code ledger.unreadable} if the file cannot be read
   */
  public VerificationReport bundle(Path file, Optional<byte[]> entry) {
    return new BundleCheck(trust).run(file, entry);
  }

  private Verification verification(Path folder) {
    return new Verification(folder, rules.stream().map(Supplier::get).toList());
  }

  private VerificationReport report(
      String what, Verification verification, CheckpointCheck checkpoint) {
    verification.finish();
    checkpoint.end();
    return new VerificationReport(
        what,
        verification.folder.toString(),
        verification.size(),
        verification.root(),
        checkpoint.checkpoint(),
        checkpoint.signedBy(),
        checkpoint.cosignedBy(),
        !trust.keys().isEmpty(),
        verification.findings.kept(),
        verification.findings.more());
  }

  private static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new LedgerException(
          "missing", folder + " is not a folder", "Give the folder of a ledger or of an export.");
    }
  }
}
