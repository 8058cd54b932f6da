package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.ReplayRun;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A decision computed again, or all of them. */
@CommandLine.Command(
    name = "replay",
    description = {
      "Computes a decision again from its record: the same bits, or the first token that differs and"
          + " which digest has changed. With --all every decision of the ledger that can be computed"
          + " again: a check for each night, which finds a swapped model, a flipped weight, a kernel"
          + " that computes something else. What --all found is recorded, and which decisions differ;"
          + " of a single one nothing is.",
      "With --all, an adapter or a head serves the decisions that name it by its digest; those that"
          + " name another cannot be computed. A single decision is computed with what is given."
    },
    footer = {
      "",
      "Examples:",
      "  candor replay 0197f0aa",
      "  candor replay --all",
      "  candor replay --all --last 1000 --json",
      "",
      "Exit codes: 0 the same bits, 1 not, or not to be computed. With --all: 1 if one differs, or if"
          + " none could be computed though some have neither failed nor been erased."
    })
final class ReplayCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "The decision, or the first digits of its id.")
  @Nullable String id;

  @Option(names = "--all", description = "All decisions of the ledger.")
  boolean all;

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "With --all: those within the last N entries only.")
  @Nullable Long last;

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Option(
      names = "--head",
      paramLabel = "DIR",
      description = "The head that decided, where one did.")
  @Nullable Path headFolder;

  @Mixin ActorArguments actor = new ActorArguments();

  ReplayCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (all == (id != null)) {
      throw usage("give either an ID or --all");
    }
    if (last != null && (!all || last < 1)) {
      throw usage("--last is for --all, and must be 1 or more");
    }
    Principal principal = actor.principal();
    Authority.require(principal, Action.VERIFY);
    GovernedHome.requireLedger();
    try (Governance governance = GovernedHome.open();
        Interrupt interrupt = new Interrupt();
        LoadedDeciders deciders =
            new LoadedDeciders(streams, model, adapter, Optional.ofNullable(headFolder), all)) {
      if (id != null) {
        Replay.Result result = new Replay(governance).replay(governance.records().id(id), deciders);
        report(result);
        return result.verdict() == Replay.Verdict.SAME ? OK : FAILED;
      }
      ReplayRun.Outcome outcome;
      try (ProgressLine progress = new ProgressLine(streams)) {
        outcome =
            new ReplayRun(governance, deciders)
                .run(
                    principal,
                    last == null ? Long.MAX_VALUE : last,
                    (done, total) -> {
                      progress.count("replaying", done, total);
                      return !interrupt.pressed();
                    });
      }
      report(outcome);
      if (interrupt.pressed()) {
        return Interrupt.EXIT_CODE;
      }
      return outcome.different().isEmpty() && !outcome.isVain() ? OK : FAILED;
    }
  }

  private void report(Replay.Result result) {
    if (json) {
      printJson(members(result));
      return;
    }
    streams.out().println(result.decision() + "  " + words(result.verdict()));
    result.differences().forEach(line -> streams.out().println("  " + line));
    result.notes().forEach(line -> streams.out().println("  (" + line + ")"));
  }

  private void report(ReplayRun.Outcome outcome) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("from", outcome.from());
      members.put("to", outcome.to());
      members.put("checked", outcome.checked());
      members.put("same", outcome.same());
      members.put("different", outcome.different().stream().map(ReplayCommand::members).toList());
      members.put("impossible", outcome.impossible());
      members.put("missing", outcome.missing());
      members.put("entry", outcome.entry());
      printJson(members);
      return;
    }
    outcome.different().forEach(this::report);
    streams
        .out()
        .printf(
            "%d computed again, %d the same bits, %d different; %d could not be computed."
                + " Entry %d records it.%n",
            outcome.checked(),
            outcome.same(),
            outcome.different().size(),
            outcome.impossible().values().stream().mapToInt(Integer::intValue).sum(),
            outcome.entry());
    outcome.impossible().forEach((why, count) -> streams.out().println("  " + count + ": " + why));
  }

  private static Map<String, Object> members(Replay.Result result) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("decision", result.decision());
    members.put("verdict", words(result.verdict()));
    members.put("differences", result.differences());
    if (result.firstToken() >= 0) {
      members.put("firstToken", result.firstToken());
    }
    members.put("notes", result.notes());
    return members;
  }

  private static String words(Replay.Verdict verdict) {
    return switch (verdict) {
      case SAME -> "same bits";
      case DIFFERENT -> "different";
      case IMPOSSIBLE -> "cannot be computed";
    };
  }
}
