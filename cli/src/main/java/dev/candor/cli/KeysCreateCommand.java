package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A key for somebody who calls the server. */
@CommandLine.Command(
    name = "create",
    description = {
      "Makes a key with which a program calls 'candor serve', and prints it: once, for only its hash"
          + " is kept. Servers that run take it at once. Where there is a key, nothing is answered"
          + " without one."
    },
    footer = {
      "",
      "Examples:",
      "  candor keys create --role invoke --name triage-service",
      "  candor keys create --role invoke --quiet",
      "  candor keys create --role invoke,audit --name revision --days 90 --json"
    })
final class KeysCreateCommand extends Command {

  private static final int MOST_DAYS = 3_650;

  @Option(
      names = "--role",
      required = true,
      split = ",",
      paramLabel = "ROLE",
      description = "What it may do: invoke, operate, govern, audit; several with commas.")
  List<String> roles = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Whom entries of the ledger name (default: 'key-' and the id of the key).")
  @Nullable String name;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "It ends by itself after so many days, 1 to 3650 (default: never).")
  @Nullable Integer days;

  @Option(names = "--quiet", description = "Print the key and nothing else.")
  boolean quiet;

  @Mixin ActorArguments actor = new ActorArguments();

  KeysCreateCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (quiet && json) {
      throw usage("--quiet and --json exclude each other");
    }
    if (days != null && (days < 1 || days > MOST_DAYS)) {
      throw usage("--days must be 1 to " + MOST_DAYS);
    }
    ApiKeys.Created made;
    try (Governance governance = GovernedHome.open()) {
      Optional<Instant> expires =
          Optional.ofNullable(days)
              .map(count -> governance.clock().instant().plus(Duration.ofDays(count)));
      made =
          new ApiKeys(governance)
              .create(
                  actor.principal(),
                  Optional.ofNullable(name),
                  roles.stream().map(Role::of).toList(),
                  expires);
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("id", made.id());
      members.put("key", made.key());
      members.put("entry", made.entry());
      printJson(members);
    } else {
      streams.out().println(made.key());
      if (!quiet) {
        streams
            .err()
            .println(
                "This is the only time it is shown. 'candor keys revoke "
                    + made.id()
                    + "' takes it back; entry "
                    + made.entry()
                    + " of the ledger records it.");
      }
    }
    return OK;
  }
}
