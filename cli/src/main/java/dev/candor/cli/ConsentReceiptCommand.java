package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.consent.ConsentActs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a data subject gets to keep. */
@CommandLine.Command(
    name = "receipt",
    description = {
      "Prints the receipt of a consent, and what has become of it: JSON that the data subject gets"
          + " to keep."
    },
    footer = {
      "",
      "Examples:",
      "  candor consent receipt c-31b0cc12a74d90fe",
      "  candor consent receipt c-31b0cc12a74d90fe --out consent-receipt.json"
    })
final class ConsentReceiptCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The consent, as 'candor consent list' names it.")
  String id = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write it to a file instead, in the place of one that is there.")
  @Nullable Path out;

  @Mixin ActorArguments actor = new ActorArguments();

  ConsentReceiptCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      // Who asks may be the data subject: its own name tells.
      String receipt =
          new ConsentActs(governance)
              .receipt(actor.principal(governance, actor.principal().name()), id)
              .json();
      if (out == null) {
        streams.out().println(receipt);
      } else {
        Files.writeString(out, receipt + "\n", StandardCharsets.US_ASCII);
        if (json) {
          printJson(Map.of("file", out.toString()));
        } else {
          streams.out().println("Written: " + out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OK;
  }
}
