package dev.candor.governance.access;

import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who may do what: {@link Action} holds the table, and nothing else grants anything. A role is
 * enough for everybody's data; a data subject needs none for its own.
 */
public final class Authority {

  private Authority() {}

  /** Whether this principal may do this where no one data subject is concerned. */
  public static boolean permits(Principal principal, Action action) {
    return permits(principal, action, Optional.empty());
  }

  /**
   * Whether this principal may do this.
   *
   * @param subject pseudonym of the data subject whose data is concerned, if it is one's
   */
  public static boolean permits(Principal principal, Action action, Optional<String> subject) {
    return principal.roles().stream().anyMatch(action::isOpenTo)
        || action.openToTheSubject() && subject.isPresent() && principal.is(subject.get());
  }

  /**
   * Goes on only if this principal may do this where no one data subject is concerned.
   *
   * @throws GovernanceException {@code governance.not-permitted}
   */
  public static void require(Principal principal, Action action) {
    require(principal, action, Optional.empty());
  }

  /**
   * Goes on only if this principal may do this.
   *
   * @param subject pseudonym of the data subject whose data is concerned, if it is one's
   * @throws GovernanceException {@code governance.not-permitted}
   */
  public static void require(Principal principal, Action action, Optional<String> subject) {
    if (!permits(principal, action, subject)) {
      String roles = roles(action);
      throw new GovernanceException(
          "not-permitted",
          principal.name()
              + " may not "
              + action.words()
              + (principal.roles().isEmpty()
                  ? ": it has no role"
                  : ": its roles are " + String.join(", ", principal.roleKeys())),
          "Ask somebody with the role "
              + roles
              + (action.openToTheSubject() ? ", or let the data subject do it itself." : "."));
    }
  }

  /** The table as Markdown, as docs/reference/consent.md prints it. */
  public static String table() {
    List<String> lines = new ArrayList<>();
    lines.add("| action | may | roles | the data subject, of its own |");
    lines.add("|---|---|---|---|");
    for (Action action : Action.values()) {
      lines.add(
          "| `"
              + action.key()
              + "` | "
              + action.words()
              + " | "
              + roles(action)
              + " | "
              + (action.openToTheSubject() ? "yes" : "no")
              + " |");
    }
    return String.join("\n", lines) + "\n";
  }

  private static String roles(Action action) {
    return Arrays.stream(Role.values())
        .filter(action::isOpenTo)
        .map(Role::key)
        .collect(Collectors.joining(", "));
  }
}
