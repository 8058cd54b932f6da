package dev.candor.server.console;

import dev.candor.governance.EntryRules;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.keys.KeyActs;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.storage.Capacity;
import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.ReportText;
import dev.candor.ledger.verification.Trust;
import dev.candor.ledger.verification.VerificationReport;
import dev.candor.server.HttpProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** How the ledger is, and whether it is what was recorded. */
public final class LedgerPages {

  private static final int MOST_VKEY = 120;

  private final Governance governance;
  private final AtomicBoolean verifying = new AtomicBoolean();
  private volatile Optional<Verified> last = Optional.empty();

  LedgerPages(Governance governance) {
    this.governance = governance;
  }

  /**
   * What a verification came to.
   *
   * @param at when
   * @param by who asked for it
   * @param well whether all is well
   * @param entries that were looked at
   * @param took how long
   * @param report in lines
   */
  public record Verified(
      String at, String by, boolean well, long entries, String took, String report) {}

  void show(Visit visit) {
    visit.require(Action.VERIFY);
    governance.ledger().refresh();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("facts", facts());
    values.put("checkpoint", checkpoint());
    values.put("keys", keys());
    values.put(
        "warning", governance.ledger().capacity().warning().map(LedgerPages::words).orElse(""));
    values.put("last", last);
    visit.show("ledger", "Ledger", Section.LEDGER.path(), values);
  }

  private static String words(Capacity.Warning warning) {
    return switch (warning) {
      case LOW -> "Its disk begins to fill up.";
      case VERY_LOW -> "Its disk is filling up. Make room before it is full.";
      case ALMOST_FULL ->
          "Its disk is almost full. Where nothing can be recorded, nothing is answered.";
    };
  }

  private Map<String, String> facts() {
    Capacity capacity = governance.ledger().capacity();
    Map<String, String> facts = new LinkedHashMap<>();
    long size = governance.ledger().size();
    facts.put("Entries", Shown.count(size));
    facts.put("Root", HexFormat.of().formatHex(governance.ledger().root()));
    if (size > 0) {
      facts.put("Newest entry", Shown.time(governance.ledger().entry(size - 1).required("at")));
    }
    facts.put("On disk", Shown.bytes(capacity.usedBytes()));
    facts.put(
        "Room",
        Shown.bytes(capacity.freeBytes())
            + " free, about "
            + Shown.count(capacity.entriesLeft())
            + " entries");
    return facts;
  }

  private Map<String, String> checkpoint() {
    Map<String, String> facts = new LinkedHashMap<>();
    Path file = governance.home().resolve("ledger").resolve("checkpoint");
    if (!Files.exists(file)) {
      facts.put("Signed", "none yet; the first is signed when the program ends");
      return facts;
    }
    try {
      SignedNote note = SignedNote.parse(Files.readAllBytes(file));
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      long behind = governance.ledger().size() - checkpoint.size();
      facts.put("Log", checkpoint.origin());
      facts.put("Covers", Shown.count(checkpoint.size()) + " entries");
      facts.put(
          "Not covered yet",
          behind == 0 ? "none" : Shown.count(behind) + "; the next checkpoint covers them");
      facts.put("Root", HexFormat.of().formatHex(checkpoint.root()));
      facts.put("Signatures", Integer.toString(note.signatures().size()));
      facts.put("Signed", Shown.time(Files.getLastModifiedTime(file).toInstant()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return facts;
  }

  private Map<String, String> keys() {
    KeyActs.State state = new KeyActs(governance).state();
    Map<String, String> facts = new LinkedHashMap<>();
    state
        .vault()
        .ifPresent(open -> {
          facts.put("Log", open.name());
          open.vkeys()
              .forEach(
                  vkey -> facts.put(VerifierKey.parse(vkey).type().algorithm(), beginning(vkey)));
          facts.put("Payload key", open.payloadKey());
          if (open.rotationBegun()) {
            facts.put("Rotation", "begun and not ended: candor keys rotate --log takes it up");
          }
        });
    facts.put(
        "Vault",
        state.vault().isEmpty()
            ? "has locked itself; candor keys renew opens it"
            : state
                .locksAt()
                .map(at -> "locks itself " + Shown.time(at))
                .orElse("never locks itself"));
    return facts;
  }

  /** Post-quantum keys have thousands of digits, which nobody compares on a page. */
  private static String beginning(String vkey) {
    return vkey.length() <= MOST_VKEY
        ? vkey
        : vkey.substring(0, MOST_VKEY) + "… whole in: candor keys show";
  }

  /** Recomputes the whole ledger, one at a time. */
  void verify(Visit visit) {
    visit.require(Action.VERIFY);
    if (!verifying.compareAndSet(false, true)) {
      throw HttpProblem.of(
          409, "verifying", "The ledger is being verified already. Wait for its end.");
    }
    try {
      long began = System.nanoTime();
      Instant at = governance.clock().instant();
      VerificationReport report =
          new LedgerVerifier(Trust.NONE, EntryRules.all())
              .ledger(governance.home().resolve("ledger"));
      last =
          Optional.of(
              new Verified(
                  Shown.time(at),
                  visit.principal().name(),
                  report.isWell(),
                  report.entries(),
                  Shown.millis(Duration.ofNanos(System.nanoTime() - began).toMillis()),
                  ReportText.of(report)));
    } finally {
      verifying.set(false);
    }
    if (visit.wantsPart()) {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("last", last);
      visit.showPart("verified", values);
    } else {
      visit.goTo(Section.LEDGER.path());
    }
  }
}
