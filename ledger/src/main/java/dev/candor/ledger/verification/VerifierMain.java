package dev.candor.ledger.verification;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.notes.SignedNote;
import dev.candor.ledger.notes.VerifierKey;
import dev.candor.ledger.notes.WitnessPolicy;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What {@code java -jar candor-verify.jar} runs: for an auditor with a JDK and nothing else. Its
 * status is 0 if all is well, 1 if something is wrong, 2 if it could not be verified at all.
 */
public final class VerifierMain {

  static final int WELL = 0;
  static final int WRONG = 1;
  static final int NOT_VERIFIED = 2;

  private static final String USAGE =
      """
      usage: java -jar candor-verify.jar ledger DIR|export DIR|bundle FILE
               [--vkey KEY|FILE]… [--against CHECKPOINT]… [--policy FILE]
               [--revoked KEY|FILE]… [--entry FILE] [--json]

      ledger   a live ledger: its folder, as Candor writes it
      export   a log laid out as C2SP tlog-tiles
      bundle   a tlog-proof, such as the receipt of a decision

      --vkey     a key of the log, or a file with one a line, not from the log itself
      --against  a checkpoint seen earlier: the log must have grown from it
      --policy   witnesses that must have cosigned, as C2SP tlog-policy
      --revoked  a key that counts no more, or a file with one a line
      --entry    of a bundle: the entry, if it is not in the bundle
      --json     the report as JSON

      status: 0 all is well, 1 something is wrong, 2 not verified
      """;

  private VerifierMain() {}

  /** Verifies what the arguments name, and ends the process. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      return verify(arguments, out);
    } catch (LedgerException e) {
      err.print("candor-verify: " + Shown.text(e.getMessage() + ". " + e.remedy()) + "\n");
      return NOT_VERIFIED;
    }
  }

  private static int verify(List<String> arguments, PrintStream out) {
    List<String> words = new ArrayList<>();
    List<VerifierKey> keys = new ArrayList<>();
    List<SignedNote> against = new ArrayList<>();
    List<VerifierKey> revoked = new ArrayList<>();
    Optional<WitnessPolicy> policy = Optional.empty();
    Optional<byte[]> entry = Optional.empty();
    boolean json = false;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String argument = rest.next();
      switch (argument) {
        case "--vkey" -> keys.addAll(TrustFiles.keys(value(argument, rest)));
        case "--against" -> against.add(TrustFiles.checkpoint(Path.of(value(argument, rest))));
        case "--revoked" -> revoked.addAll(TrustFiles.keys(value(argument, rest)));
        case "--policy" ->
            policy =
                Optional.of(WitnessPolicy.parse(read(argument, rest, WitnessPolicy.MOST_BYTES)));
        case "--entry" -> entry = Optional.of(read(argument, rest, 65_535));
        case "--json" -> json = true;
        case "--help", "-h" -> {
          out.print(USAGE.replace("…", "..."));
          return WELL;
        }
        default -> {
          if (argument.startsWith("-")) {
            throw usage("there is no option " + argument);
          }
          words.add(argument);
        }
      }
    }
    if (words.size() != 2) {
      throw usage("give what to verify and where it is, not " + words.size() + " words");
    }
    LedgerVerifier verifier = new LedgerVerifier(new Trust(keys, against, policy, revoked));
    Path place = Path.of(words.get(1));
    VerificationReport report =
        switch (words.getFirst()) {
          case "ledger" -> verifier.ledger(place);
          case "export" -> verifier.export(place);
          case "bundle" -> verifier.bundle(place, entry);
          default -> throw usage("'" + words.getFirst() + "' is neither ledger, export nor bundle");
        };
    out.print(json ? ReportJson.of(report) : ReportText.of(report));
    out.flush();
    return report.isWell() ? WELL : WRONG;
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw usage(option + " has no value");
    }
    return rest.next();
  }

  private static byte[] read(String option, Iterator<String> rest, int most) {
    return TrustFiles.read(Path.of(value(option, rest)), most);
  }

  private static LedgerException usage(String what) {
    return new LedgerException("usage", what, "See --help.");
  }
}
