package dev.candor.governance.access;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * Who acts: a person or a program.
 *
 * @param name what entries call it, 1 to {@value #MOST_NAME} characters without control
 * @param roles what it is there for, in the order of {@link Role}, none twice
 * @param subject the pseudonym of the data subject it is, if it is one
 */
public record Principal(String name, List<Role> roles, Optional<String> subject) {

  /** What entries call whoever acts on their own data, beside whose pseudonym no name may stand. */
  public static final String DATA_SUBJECT = "data-subject";

  private static final int MOST_NAME = 256;

  public Principal {
    if (name.isBlank() || name.length() > MOST_NAME || !PlainText.isPlain(name)) {
      throw new GovernanceException(
          "principal-name",
          "the name of a principal is '"
              + PlainText.shown(name)
              + "', allowed are 1 to "
              + MOST_NAME
              + " visible characters",
          "Give a name such as anna.berger or triage-service.");
    }
    EnumSet<Role> held = EnumSet.noneOf(Role.class);
    held.addAll(roles);
    roles = List.copyOf(held);
  }

  /** A principal that is no data subject. */
  public static Principal of(String name, Collection<Role> roles) {
    return new Principal(name, List.copyOf(roles), Optional.empty());
  }

  /** The same, known to be the data subject of this pseudonym. */
  public Principal as(String subjectPseudonym) {
    return new Principal(name, roles, Optional.of(subjectPseudonym));
  }

  /** Whether it has this role. */
  public boolean has(Role role) {
    return roles.contains(role);
  }

  /** The keys of its roles, as a policy sees them. */
  public List<String> roleKeys() {
    return roles.stream().map(Role::key).toList();
  }

  /**
   * What an entry calls it that names a data subject too: {@link #DATA_SUBJECT} if it is that one,
   * for the name beside the pseudonym would tell for good whose it is.
   *
   * @param subjectPseudonym of the data subject that the entry names, if it names one
   */
  public String nameBeside(Optional<String> subjectPseudonym) {
    return subjectPseudonym.filter(this::is).isPresent() ? DATA_SUBJECT : name;
  }

  /** Whether it is the data subject of this pseudonym. */
  public boolean is(String subjectPseudonym) {
    return subject.isPresent() && subject.get().equals(subjectPseudonym);
  }
}
