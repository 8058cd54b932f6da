package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.policy.Policy;
import dev.candor.governance.policy.PolicyActs;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The policy that holds. */
@CommandLine.Command(
    name = "show",
    description = {
      "Prints the file of the policy that holds: where none was adopted, the one that Candor comes"
          + " with. What is said about it goes to standard error, so that the output is a policy."
    },
    footer = {
      "",
      "Examples:",
      "  candor policy show",
      "  candor policy show --default > policy.yaml",
      "  candor policy show --json"
    })
final class PolicyShowCommand extends Command {

  @Option(names = "--default", description = "The one that Candor comes with, whichever holds.")
  boolean standard;

  PolicyShowCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (standard) {
      // Needs no home and no key.
      show(
          Policy.standard(),
          new String(Policy.standardText(), StandardCharsets.UTF_8),
          Map.of(),
          "comes with Candor");
      return OK;
    }
    try (Governance governance = GovernedHome.open()) {
      PolicyActs.InForce held = new PolicyActs(governance).inForce();
      Map<String, Object> adoption = new LinkedHashMap<>();
      held.adopted().ifPresent(entry -> adoption.put("entry", entry));
      held.at().ifPresent(at -> adoption.put("adoptedAt", at));
      held.by().ifPresent(by -> adoption.put("adoptedBy", by));
      show(
          held.policy(),
          held.text(),
          adoption,
          held.adopted().isEmpty()
              ? "holds, as none was adopted"
              : "holds by entry "
                  + held.adopted().getAsLong()
                  + ", adopted by "
                  + held.by().orElse("")
                  + " at "
                  + held.at().orElse(""));
    }
    return OK;
  }

  private void show(Policy policy, String text, Map<String, Object> adoption, String state) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>(PolicyReport.members(policy));
      members.putAll(adoption);
      members.put("text", text);
      printJson(members);
      return;
    }
    streams.out().print(text);
    streams.out().flush();
    streams.err().printf("[%s, sha256:%s, %s]%n", policy.name(), policy.digest(), state);
  }
}
