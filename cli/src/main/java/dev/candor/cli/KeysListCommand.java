package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.ApiKey;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** The keys of those who call the server. */
@CommandLine.Command(
    name = "list",
    description = {
      "Lists the keys that were made for programs that call 'candor serve': who holds each, what it"
          + " may do, and whether it still opens anything. The keys themselves are kept nowhere."
    },
    footer = {"", "Examples:", "  candor keys list", "  candor keys list --json"})
final class KeysListCommand extends Command {

  KeysListCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      Instant now = governance.clock().instant();
      List<ApiKey> keys = new ApiKeys(governance).list();
      if (json) {
        printJson(Map.of("keys", keys.stream().map(key -> members(key, now)).toList()));
      } else if (keys.isEmpty()) {
        streams.out().println("No key was ever made: 'candor keys create' makes one.");
      } else {
        for (ApiKey key : keys) {
          streams
              .out()
              .printf(
                  "%s  %-8s %-20s %s%n",
                  key.id(), state(key, now), key.holder(), String.join(",", roles(key)));
        }
      }
    }
    return OK;
  }

  private static List<String> roles(ApiKey key) {
    return key.roles().stream().map(Role::key).collect(Collectors.toList());
  }

  private static String state(ApiKey key, Instant now) {
    return key.revoked() ? "revoked" : key.isValid(now) ? "valid" : "expired";
  }

  private static Map<String, Object> members(ApiKey key, Instant now) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("id", key.id());
    members.put("state", state(key, now));
    members.put("name", key.holder());
    members.put("roles", roles(key));
    key.expires().ifPresent(end -> members.put("expires", end.toString()));
    return members;
  }
}
