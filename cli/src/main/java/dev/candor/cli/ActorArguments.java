package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says who acts. */
final class ActorArguments {

  @Option(
      names = "--as",
      paramLabel = "NAME[:ROLE,…]",
      description =
          "Act in somebody's name, with some of the roles invoke, operate, govern, audit (default:"
              + " the user of the machine, with all of them).")
  @Nullable String as;

  /** Who acts: on a machine of one's own, whoever may run the program may do everything. */
  Principal principal() {
    String name = as == null ? System.getProperty("user.name", "user") : as;
    int colon = name.lastIndexOf(':');
    if (colon < 0) {
      return Principal.of(name, List.of(Role.values()));
    }
    List<Role> roles =
        name.substring(colon + 1).isEmpty()
            ? List.of()
            : List.of(name.substring(colon + 1).split(",")).stream().map(Role::of).toList();
    return Principal.of(name.substring(0, colon), roles);
  }

  /** The same; somebody who acts on their own data is known as the data subject. */
  Principal principal(Governance governance, String subject) {
    Principal principal = principal();
    return principal.name().equals(subject)
        ? principal.as(governance.vault().pseudonym(subject))
        : principal;
  }
}
