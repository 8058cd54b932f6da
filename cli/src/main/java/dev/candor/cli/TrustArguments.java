package dev.candor.cli;

import dev.candor.ledger.verification.Trust;
import dev.candor.ledger.verification.TrustFiles;
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
        keys.stream().map(TrustFiles::keys).flatMap(List::stream).toList(),
        against.stream().map(TrustFiles::checkpoint).toList(),
        Optional.empty(),
        revoked.stream().map(TrustFiles::keys).flatMap(List::stream).toList());
  }
}
