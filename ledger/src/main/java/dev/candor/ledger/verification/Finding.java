package dev.candor.ledger.verification;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One thing that a verification found, and where.
 *
 * @param severity whether it is wrong, or only to be known
 * @param code stable, lower-dash, such as {@code entry-altered}
 * @param message one sentence without a line feed, printable wherever it is shown
 * @param firstEntry index of the entry it is about, or the first of several
 * @param lastEntry index of the last of them; of one entry, the same
 * @param file relative to what was verified, with slashes
 * @param offset in that file, in bytes, where it begins
 */
public record Finding(
    Severity severity,
    String code,
    String message,
    OptionalLong firstEntry,
    OptionalLong lastEntry,
    Optional<String> file,
    OptionalLong offset) {

  /** How much it matters. */
  public enum Severity {
    /** Something is not as it was written, or never was right. */
    WRONG,
    /** Nothing is wrong, but who relies on the ledger should know. */
    REMARK
  }

  static Finding wrong(String code, String message) {
    return new Finding(
        Severity.WRONG,
        code,
        message,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  static Finding remark(String code, String message) {
    Finding finding = wrong(code, message);
    return new Finding(
        Severity.REMARK,
        finding.code,
        finding.message,
        finding.firstEntry,
        finding.lastEntry,
        finding.file,
        finding.offset);
  }

  Finding of(long first, long last) {
    return new Finding(
        severity, code, message, OptionalLong.of(first), OptionalLong.of(last), file, offset);
  }

  Finding in(String name) {
    return new Finding(severity, code, message, firstEntry, lastEntry, Optional.of(name), offset);
  }

  Finding in(String name, long at) {
    return new Finding(
        severity, code, message, firstEntry, lastEntry, Optional.of(name), OptionalLong.of(at));
  }
}
