package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.fairness.BiasActs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Binds to a plan before the run. */
@CommandLine.Command(
    name = "commit",
    description = {
      "Binds to a plan, its sets and its limits, for a model just as it is now. A run counts only"
          + " behind such an entry; who changes anything commits anew, and both stay on record."
          + " Needs the role operate or govern."
    },
    footer = {
      "",
      "Examples:",
      "  candor bias plan commit plan.yaml --model candor-mini",
      "  candor bias plan commit plan.yaml --model candor-mini --as anna.berger:govern --json"
    })
final class BiasPlanCommitCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The plan; a copy of it is kept.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  @Mixin ModelArguments model = new ModelArguments();

  @Mixin AdapterArguments adapter = new AdapterArguments();

  @Mixin ActorArguments actor = new ActorArguments();

  BiasPlanCommitCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    // A mistake in it is told before a home is opened, or even made.
    BiasPlanFile read = BiasPlanFile.read(file);
    try (Governance governance = GovernedHome.open();
        LoadedModel loaded = model.load(streams, adapter)) {
      DigestTuple tuple = loaded.candidate(Optional.empty()).tuple(governance.policy().digest());
      long entry =
          new BiasActs(governance).commit(actor.principal(), read.yaml(), read.sets(), tuple);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("entry", entry);
        members.put("plan", read.plan().name());
        members.put("planDigest", read.plan().digest());
        members.put("setsDigest", read.sets().digest());
        members.put("model", loaded.name());
        members.put("tuple", tuple.digest());
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "Entry %d commits to '%s' for %s.%nplan   sha256:%s%ntuple  sha256:%s%n",
                entry, read.plan().name(), loaded.name(), read.plan().digest(), tuple.digest());
      }
    }
    return OK;
  }
}
