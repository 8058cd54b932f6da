package dev.candor.cli;

import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.verification.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say what is known of a ledger before it is verified. */
final class TrustArguments {

  @Option(
      names = "--vkey",
      paramLabel = "KEY|FILE",
      description = "A key of the log, or a file with one a line, from elsewhere.")
  List<String> keys = List.of();

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "A checkpoint seen earlier; may be repeated.")
  List<Path> against = List.of();

  @Option(
      names = "--revoked",
      paramLabel = "KEY|FILE",
      description = "A key that counts no more, as of a stolen device.")
  List<String> revoked = List.of();

  /** What they say. */
  Trust trust() {
    return new Trust(
        keys.stream().flatMap(key -> keys(key).stream()).toList(),
        against.stream().map(file -> SignedNote.parse(bytes(file))).toList(),
        Optional.empty(),
        revoked.stream().flatMap(key -> keys(key).stream()).toList());
  }

  private static List<VerifierKey> keys(String value) {
    Path file = Path.of(value);
    return VerifierKey.parseLines(
        Files.exists(file) ? new String(bytes(file), StandardCharsets.UTF_8) : value);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
