package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.decisions.Receipt;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the ledger says of one decision, and the proof that it says so. */
@CommandLine.Command(
    name = "receipt",
    description = {
      "Shows the receipt of a decision: what its two entries of the ledger say, and with --bundle a proof"
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
        print(governance, receipt);
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

  private void print(Governance governance, Receipt receipt) {
    DecisionStarted started = receipt.started();
    DecisionFinished finished = receipt.finished();
    line("decision", receipt.decision());
    line(
        "asked",
        "by %s for %s%s",
        started.principal(),
        started.purpose(),
        started.subject().map(it -> ", about " + it).orElse(""));
    line("began", "entry %d, %s", receipt.startedIndex(), at(governance, receipt.startedIndex()));
    line("ended", "entry %d, %s", receipt.finishedIndex(), at(governance, receipt.finishedIndex()));
    line(
        "answer",
        "%s; %d tokens read, %d generated; first after %.3f s, all after %.3f s",
        finished.outcome(),
        started.promptTokens(),
        finished.tokens(),
        finished.firstTokenMicros() / 1e6,
        finished.totalMicros() / 1e6);
    line("model", "%s, sha256:%s", started.modelName(), started.model());
    started.adapter().ifPresent(digest -> line("adapter", "sha256:%s", digest));
    started.head().ifPresent(digest -> line("head", "sha256:%s", digest));
    line(
        "numbers",
        "%s, computed by %s, %s",
        started.profile(),
        started.kernels(),
        started.runtime());
    line("policy", "rule %s of sha256:%s", started.rule(), started.policy());
    started.consent().ifPresent(index -> line("consent", "entry %d", index));
    line("committed", "to what was asked by %s", started.input());
    finished.output().ifPresent(output -> line("", "to what was answered by %s", output));
    Checkpoint checkpoint = Checkpoint.parse(governance.ledger().checkpoint().text());
    line("ledger", "%s, %d entries", checkpoint.origin(), checkpoint.size());
    line("", "root %s", HexFormat.of().formatHex(checkpoint.root()));
    if (bundle != null) {
      line("proof", "%s; check it with: java -jar candor-verify.jar bundle %s", bundle, bundle);
    }
  }

  private static String at(Governance governance, long index) {
    return governance.ledger().entry(index).required("at");
  }

  /** What people wrote stays in its line and moves no cursor. */
  private void line(String name, String format, Object... values) {
    streams
        .out()
        .println(
            String.format("%-10s ", name)
                + AnswerPrinter.harmless(String.format(Locale.ROOT, format, values))
                    .replace('\n', ' '));
  }
}
