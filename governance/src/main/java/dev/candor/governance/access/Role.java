package dev.candor.governance.access;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What somebody is there for. {@link Authority} says what each may do. */
public enum Role {
  /** Asks the models. */
  INVOKE,
  /** Runs the machine: models, keys, consents that people have given on paper. */
  OPERATE,
  /** Answers for the use: policies, erasure. */
  GOVERN,
  /** Reads everything and changes nothing. */
  AUDIT;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of this key.
   *
   * @throws GovernanceException {@code governance.role-unknown}
   */
  public static Role of(String key) {
    return Arrays.stream(values())
        .filter(role -> role.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "role-unknown",
                "there is no role '" + PlainText.shown(key) + "'",
                "Roles are "
                    + Arrays.stream(values()).map(Role::key).collect(Collectors.joining(", "))
                    + "."));
  }
}
