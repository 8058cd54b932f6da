package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyActs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Puts a policy into force. */
@CommandLine.Command(
    name = "adopt",
    description = {
      "Puts a policy into force: for every decision that begins afterwards, in every program on this"
          + " machine. Each decision names the policy that admitted it. Needs the role govern."
    },
    footer = {
      "",
      "Examples:",
      "  candor policy adopt policy.yaml",
      "  candor policy adopt policy.yaml --as anna.berger:govern"
    })
final class PolicyAdoptCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The policy; a copy of it is kept.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  @Mixin ActorArguments actor = new ActorArguments();

  PolicyAdoptCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    byte[] yaml = PolicyActs.read(file);
    // A mistake in it is told before a home is opened, or even made.
    Policy policy = Policy.parse(yaml);
    try (Governance governance = GovernedHome.open()) {
      long entry = new PolicyActs(governance).adopt(actor.principal(), yaml);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", policy.name());
        members.put("digest", policy.digest());
        members.put("entry", entry);
        printJson(members);
      } else {
        streams
            .out()
            .printf(
                "%s holds from entry %d of the ledger on.%nsha256:%s%n",
                policy.name(), entry, policy.digest());
      }
    }
    return OK;
  }
}
