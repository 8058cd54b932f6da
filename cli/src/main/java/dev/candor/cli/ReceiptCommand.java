package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.DecisionRecords;
import dev.candor.governance.decisions.Oversight;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.SignedNote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the ledger says of one decision, and the proof that it says so. */
@CommandLine.Command(
    name = "receipt",
    description = {
      "Shows the receipt of a decision: what its two entries of the ledger say, who ordered it to"
          + " stop, and what was put in its place; or the one entry that says why it was refused. With"
          + " --bundle also proofs that anybody can check"
          + " with candor-verify.jar, without this machine. Without it no passphrase is needed."
    },
    footer = {
      "",
      "Examples:",
      "  candor receipt 0197f0aa",
      "  candor receipt 0197f0aa --bundle decision.tlog-proof",
      "  candor receipt 0197f0aa --json",
      "",
      "Exit codes: 0 it ended or was refused, 1 it has not ended, or there is none."
    })
final class ReceiptCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The decision, or the first digits of its id.")
  String id = "";

  @Option(
      names = "--bundle",
      paramLabel = "FILE",
      description =
          "Write two proofs (C2SP tlog-proof): FILE of the entry of its end, FILE.start of the entry"
              + " of its beginning.")
  @Nullable Path bundle;

  @Mixin ActorArguments actor = new ActorArguments();

  ReceiptCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = open()) {
      DecisionRecords records = governance.records();
      String decision = records.id(id);
      Optional<DecisionRecords.Refusal> refusal = records.refusal(decision);
      if (refusal.isPresent()) {
        return show(governance, refusal.get());
      }
      DecisionRecords.Story story = records.story(decision);
      requireMayRead(governance, story.started().subject());
      if (bundle != null) {
        write(governance, beginning(bundle), story.startedIndex());
        if (story.finishedIndex().isPresent()) {
          write(governance, bundle, story.finishedIndex().getAsLong());
        }
      }
      if (json) {
        printJson(members(governance, story));
      } else {
        print(governance, story);
      }
      return story.finished().isPresent() ? OK : FAILED;
    }
  }

  private int show(Governance governance, DecisionRecords.Refusal refusal) {
    requireMayRead(governance, refusal.refused().subject());
    if (bundle != null) {
      write(governance, bundle, refusal.index());
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("decision", refusal.refused().decision());
      members.put("refused", members(governance, refusal.index()));
      putCheckpoint(governance, members);
      printJson(members);
    } else {
      print(governance, refusal);
    }
    return OK;
  }

  /** With keys only where something is to be signed, or a name to be told from others. */
  private Governance open() {
    if (!mayReadAll()) {
      GovernedHome.requireLedger();
      return GovernedHome.open();
    }
    return bundle == null ? GovernedHome.view() : GovernedHome.openOrView(streams);
  }

  private boolean mayReadAll() {
    return Authority.permits(actor.principal(), Action.VERIFY);
  }

  private void requireMayRead(Governance governance, Optional<String> subject) {
    if (!mayReadAll()) {
      // Who asks may be the data subject: its own name tells.
      Principal principal = actor.principal(governance, actor.principal().name());
      Authority.require(principal, Action.READ_SUBJECT, subject);
    }
  }

  private static Path beginning(Path bundle) {
    return bundle.resolveSibling(bundle.getFileName() + ".start");
  }

  private static void write(Governance governance, Path file, long index) {
    try {
      Files.write(file, governance.ledger().bundle(index).form());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one that lies there: to look at a receipt signs nothing. */
  private static Optional<SignedNote> checkpoint(Governance governance) {
    try {
      return Optional.of(governance.ledger().checkpoint());
    } catch (LedgerException e) {
      if (e.code().equals("ledger.no-checkpoint")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Map<String, Object> members(Governance governance, DecisionRecords.Story story) {
    Oversight oversight = new Oversight(governance);
    String decision = story.started().decision();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("decision", decision);
    members.put("started", members(governance, story.startedIndex()));
    story.finishedIndex().ifPresent(index -> members.put("finished", members(governance, index)));
    members.put("stops", members(governance, oversight.stops(story)));
    members.put("overrides", members(governance, oversight.overrides(decision)));
    putCheckpoint(governance, members);
    return members;
  }

  private static void putCheckpoint(Governance governance, Map<String, Object> members) {
    checkpoint(governance)
        .ifPresent(
            note -> members.put("checkpoint", new String(note.form(), StandardCharsets.UTF_8)));
  }

  private static List<Map<String, Object>> members(Governance governance, List<Long> places) {
    return places.stream().map(place -> members(governance, place)).toList();
  }

  private static Map<String, Object> members(Governance governance, long index) {
    Entry entry = governance.ledger().entry(index);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("entry", index);
    members.put("kind", entry.kind());
    members.putAll(entry.values());
    return members;
  }

  private void print(Governance governance, DecisionRecords.Story story) {
    DecisionStarted started = story.started();
    line("decision", started.decision());
    asked(started.principal(), started.purpose(), started.subject());
    line("began", place(governance, story.startedIndex()));
    story
        .finishedIndex()
        .ifPresentOrElse(
            index -> line("ended", place(governance, index)),
            () -> line("ended", "not: it runs still, or its process ended before it"));
    story.finished().ifPresent(finished -> print(started, finished));
    print(governance, new Oversight(governance), story);
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
    story
        .finished()
        .flatMap(DecisionFinished::output)
        .ifPresent(output -> line("", "to what was answered by %s", output));
    printCheckpoint(governance, story.finishedIndex().orElse(story.startedIndex()));
    if (bundle != null) {
      if (story.finishedIndex().isPresent()) {
        proof(bundle);
      }
      proof(beginning(bundle));
    }
  }

  private void print(Governance governance, DecisionRecords.Refusal refusal) {
    DecisionRefused refused = refusal.refused();
    line("decision", refused.decision());
    asked(refused.principal(), refused.purpose(), refused.subject());
    line("refused", "%s: nothing was computed", place(governance, refusal.index()));
    line("reason", refused.reason());
    line("policy", "rule %s of sha256:%s", refused.rule(), refused.policy());
    printCheckpoint(governance, refusal.index());
    if (bundle != null) {
      proof(bundle);
    }
  }

  private void asked(String principal, String purpose, Optional<String> subject) {
    line(
        "asked",
        "by %s for %s%s",
        principal,
        purpose,
        subject.map(it -> ", about " + it).orElse(""));
  }

  private void print(DecisionStarted started, DecisionFinished finished) {
    line(
        "answer",
        "%s; %d tokens read, %d generated; first after %.3f s, all after %.3f s",
        finished.outcome(),
        started.promptTokens(),
        finished.tokens(),
        finished.firstTokenMicros() / 1e6,
        finished.totalMicros() / 1e6);
  }

  /** What people did about it; why, and what holds instead, is kept encrypted. */
  private void print(Governance governance, Oversight oversight, DecisionRecords.Story story) {
    for (long stop : oversight.stops(story)) {
      boolean all = governance.ledger().entry(stop).value("decision").isEmpty();
      line("stopped", "%s%s", act(governance, stop), all ? ", with all that ran" : "");
    }
    for (long override : oversight.overrides(story.started().decision())) {
      line(
          "overridden",
          "%s; what holds: candor audit show %d --payloads",
          act(governance, override),
          override);
    }
  }

  private void printCheckpoint(Governance governance, long last) {
    checkpoint(governance)
        .map(note -> Checkpoint.parse(note.text()))
        .ifPresentOrElse(
            checkpoint -> print(checkpoint, last),
            () -> line("ledger", "no checkpoint is signed yet; --bundle signs one"));
  }

  private void print(Checkpoint checkpoint, long last) {
    line("ledger", "%s, %d entries", checkpoint.origin(), checkpoint.size());
    line("", "root %s", HexFormat.of().formatHex(checkpoint.root()));
    if (checkpoint.size() <= last) {
      line("", "this checkpoint was signed before; --bundle signs one that covers it");
    }
  }

  private void proof(Path file) {
    line("proof", "%s; check it with: java -jar candor-verify.jar bundle %s", file, file);
  }

  private static String act(Governance governance, long index) {
    return place(governance, index) + ", by " + governance.ledger().entry(index).required("by");
  }

  private static String place(Governance governance, long index) {
    return "entry " + index + ", " + governance.ledger().entry(index).required("at");
  }

  private void line(String name, String value) {
    line(name, "%s", value);
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
