package dev.candor.cli;

import dev.candor.governance.fairness.BiasSet;
import dev.candor.governance.fairness.BuiltInSets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** The sets that come with Candor. */
@CommandLine.Command(
    name = "sets",
    description = {
      "Lists the test sets that come with Candor, or prints one, so that it can be read and changed."
    },
    footer = {
      "",
      "Examples:",
      "  candor bias sets",
      "  candor bias sets given-names > names.jsonl"
    })
final class BiasSetsCommand extends Command {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "The set to print.")
  @Nullable String name;

  BiasSetsCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    String wanted = name;
    if (wanted != null) {
      if (!BuiltInSets.names().contains(wanted)) {
        throw usage(
            "there is no set '"
                + wanted
                + "', there are "
                + String.join(", ", BuiltInSets.names()));
      }
      String text = new String(BuiltInSets.bytes(wanted), StandardCharsets.UTF_8);
      if (json) {
        Map<String, Object> members = new LinkedHashMap<>(members(wanted));
        members.put("text", text);
        printJson(members);
      } else {
        streams.out().print(text);
      }
      return OK;
    }
    List<Map<String, Object>> sets = new ArrayList<>();
    BuiltInSets.names().forEach(each -> sets.add(members(each)));
    if (json) {
      printJson(Map.of("sets", sets));
    } else {
      for (Map<String, Object> set : sets) {
        streams
            .out()
            .printf(
                "%-16s %-10s %4s rows  %s%n",
                set.get("name"), set.get("form"), set.get("rows"), set.get("words"));
      }
    }
    return OK;
  }

  private static Map<String, Object> members(String name) {
    BiasSet set = BuiltInSets.set(name);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("form", set.form());
    members.put("rows", set.size());
    members.put("digest", set.digest());
    members.put("words", BuiltInSets.words(name));
    return members;
  }
}
