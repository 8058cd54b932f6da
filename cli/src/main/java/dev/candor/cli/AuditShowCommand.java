package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.payloads.Finding;
import dev.candor.governance.payloads.Payload;
import dev.candor.governance.payloads.PayloadRule;
import dev.candor.ledger.entries.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Entries as they lie in the ledger. */
@CommandLine.Command(
    name = "show",
    description = {
      "Shows entries of the ledger as they lie there; with --payloads also the prompts, answers and"
          + " reasons that they commit to, as far as they have not been erased."
    },
    footer = {
      "",
      "Examples:",
      "  candor audit show --last 5",
      "  candor audit show 41 --payloads",
      "  candor audit show --kind consent-withdrawn --json"
    })
final class AuditShowCommand extends Command {

  @Parameters(arity = "0..1", paramLabel = "INDEX", description = "One entry, counted from 0.")
  @Nullable Long index;

  @Option(
      names = "--last",
      paramLabel = "N",
      defaultValue = "10",
      description = "So many entries at the end (default: ${DEFAULT-VALUE}).")
  long last = 10;

  @Option(names = "--kind", paramLabel = "KIND", description = "Only entries of this kind.")
  @Nullable String kind;

  @Option(names = "--payloads", description = "And what they commit to.")
  boolean payloads;

  @Mixin ActorArguments actor = new ActorArguments();

  AuditShowCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (last < 1) {
      throw usage("--last must be 1 or more");
    }
    Authority.require(actor.principal(), payloads ? Action.READ_ALL : Action.VERIFY);
    if (!GovernedHome.hasLedger() && index == null) {
      if (json) {
        printJson(Map.of("size", 0, "entries", List.of()));
      } else {
        streams.out().println("Nothing has been recorded yet.");
      }
      return OK;
    }
    GovernedHome.requireLedger();
    // Entries are read without keys, payloads are not.
    try (Governance governance = payloads ? GovernedHome.open() : GovernedHome.view()) {
      governance.ledger().refresh();
      List<Map<String, Object>> rows = new ArrayList<>();
      for (long place : places(governance)) {
        Entry entry = governance.ledger().entry(place);
        if (json) {
          rows.add(members(governance, place, entry));
        } else {
          print(governance, place, entry);
        }
      }
      if (json) {
        printJson(Map.of("size", governance.ledger().size(), "entries", rows));
      }
    }
    return OK;
  }

  /** The wanted ones, in their order. */
  private List<Long> places(Governance governance) {
    long size = governance.ledger().size();
    if (index != null) {
      return List.of(index);
    }
    List<Long> places = new ArrayList<>();
    for (long place = size - 1; place >= 0 && places.size() < last; place--) {
      if (kind == null || governance.ledger().entry(place).kind().equals(kind)) {
        places.addFirst(place);
      }
    }
    return places;
  }

  private Map<String, Object> members(Governance governance, long place, Entry entry) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("entry", place);
    members.put("kind", entry.kind());
    members.putAll(entry.values());
    if (payloads) {
      Map<String, Object> kept = new LinkedHashMap<>();
      Map<String, Object> gone = new LinkedHashMap<>();
      PayloadRule.commitments(entry)
          .forEach((name, value) -> {
            switch (governance.records().find(value)) {
              case Finding.Present it -> kept.put(name, text(it.payload()));
              case Finding.Erased it -> gone.put(name, "erased " + it.at());
              case Finding.Absent _ -> gone.put(name, "lost");
            }
          });
      members.put("payloads", kept);
      members.put("gone", gone);
    }
    return members;
  }

  private void print(Governance governance, long place, Entry entry) {
    streams.out().println("entry " + place);
    new String(entry.bytes(), StandardCharsets.US_ASCII)
        .lines()
        .forEach(line -> streams.out().println("  " + line));
    if (payloads) {
      PayloadRule.commitments(entry)
          .forEach((name, value) ->
              streams.out().println("  " + name + ": " + shown(governance.records().find(value))));
    }
    streams.out().println();
  }

  private static String shown(Finding finding) {
    return switch (finding) {
      case Finding.Present it -> AnswerPrinter.harmless(text(it.payload()));
      case Finding.Erased it -> "(erased " + it.at() + ")";
      case Finding.Absent _ -> "(lost: it was never erased and is not there)";
    };
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }
}
