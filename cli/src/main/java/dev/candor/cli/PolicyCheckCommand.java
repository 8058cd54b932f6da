package dev.candor.cli;

import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyActs;
import dev.candor.governance.policy.RuleEffect;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Whether a file is a policy. */
@CommandLine.Command(
    name = "check",
    description = {
      "Reads a policy and checks all of it, the types of its expressions included. An error names"
          + " the line. Nothing is put into force."
    },
    footer = {
      "",
      "Examples:",
      "  candor policy check policy.yaml",
      "  candor policy check policy.yaml --json"
    })
final class PolicyCheckCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The policy.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  PolicyCheckCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Policy policy = Policy.parse(PolicyActs.read(file));
    if (json) {
      printJson(PolicyReport.members(policy));
    } else {
      streams
          .out()
          .printf(
              "%s: %d refused uses, %d denying and %d allowing rules.%nsha256:%s%n",
              policy.name(),
              policy.refused().size(),
              count(policy, RuleEffect.DENY),
              count(policy, RuleEffect.ALLOW),
              policy.digest());
    }
    return OK;
  }

  private static long count(Policy policy, RuleEffect effect) {
    return policy.rules().stream().filter(rule -> rule.effect() == effect).count();
  }
}
