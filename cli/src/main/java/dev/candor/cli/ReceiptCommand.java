package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.decisions.Receipt;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the ledger says of one decision, and the proof that it says so. */
@CommandLine.Command(
    name = "receipt",
    description = {
      "Shows the receipt of a decision: the two entries of the ledger, and with --bundle a proof"
          + " that anybody can check with candor-verify.jar, without this machine."
    },
    footer = {
      "",
      "Examples:",
      "  candor receipt 0197f0aa",
      "  candor receipt 0197f0aa --bundle decision.tlog-proof",
      "  candor receipt 0197f0aa --json"
    })
final class ReceiptCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The decision, or the first digits of its id.")
  String id = "";

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description = "Write the entry of its end with its proof (C2SP tlog-proof).")
  @Nullable Path bundle;

  ReceiptCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      governance.ledger().refresh();
      DecisionRecords records = governance.records();
      Receipt receipt = records.story(records.id(id)).receipt();
      if (bundle != null) {
        Files.write(bundle, governance.ledger().bundle(receipt.finishedIndex()).form());
      }
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("decision", receipt.decision());
        members.put("started", members(receipt.startedIndex(), records));
        members.put("finished", members(receipt.finishedIndex(), records));
        members.put("checkpoint", checkpoint(governance));
        printJson(members);
      } else {
        print(receipt.startedIndex(), records);
        print(receipt.finishedIndex(), records);
        streams.out().print(checkpoint(governance));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return OK;
  }

  private static String checkpoint(Governance governance) {
    return new String(governance.ledger().checkpoint().form(), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> members(long index, DecisionRecords records) {
    Entry entry = records.entry(index);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("entry", index);
    members.put("kind", entry.kind());
    members.putAll(entry.values());
    return members;
  }

  /** As it lies in the ledger: printable, whatever somebody wrote into it. */
  private void print(long index, DecisionRecords records) {
    streams.out().println("entry " + index);
    new String(records.entry(index).bytes(), StandardCharsets.US_ASCII)
        .lines()
        .forEach(line -> streams.out().println("  " + line));
    streams.out().println();
  }
}
