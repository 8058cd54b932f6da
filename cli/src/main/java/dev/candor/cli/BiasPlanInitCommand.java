package dev.candor.cli;

import dev.candor.governance.fairness.BiasPlan;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** A plan to begin with. */
@CommandLine.Command(
    name = "init",
    description = {
      "Prints a plan to begin with: messages sorted by urgency, by the name of who writes. Its limits"
          + " are firm policy; change them, and the sets, to what the model is to be used for."
    },
    footer = {
      "",
      "Examples:",
      "  candor bias plan init > plan.yaml",
      "  candor bias plan init --json"
    })
final class BiasPlanInitCommand extends Command {

  BiasPlanInitCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    String text = new String(BiasPlan.standardText(), StandardCharsets.UTF_8);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("text", text);
      members.put("digest", BiasPlan.parse(BiasPlan.standardText()).digest());
      printJson(members);
    } else {
      streams.out().print(text);
    }
    return OK;
  }
}
