package dev.candor.ledger.notes;

import java.util.List;
import java.util.Set;

/** Which sets of witnesses are enough. */
public sealed interface Quorum {

  /** Whether these witnesses are enough. */
  boolean reachedBy(Set<VerifierKey> cosigners);

  /** No witness is needed: the log alone is trusted. */
  record None() implements Quorum {
    @Override
    public boolean reachedBy(Set<VerifierKey> cosigners) {
      return true;
    }
  }

  /** One witness. */
  record Witness(String name, VerifierKey key) implements Quorum {
    @Override
    public boolean reachedBy(Set<VerifierKey> cosigners) {
      return cosigners.contains(key);
    }
  }

  /**
   * A number of members, each a witness or a group.
   *
   * @param threshold how many of them, 1 to all
   */
  record Group(String name, int threshold, List<Quorum> members) implements Quorum {

    /** A group with a threshold that it can reach. */
    public Group {
      members = List.copyOf(members);
      if (threshold < 1 || threshold > members.size()) {
        throw new IllegalArgumentException(threshold + " of " + members.size() + " members");
      }
    }

    @Override
    public boolean reachedBy(Set<VerifierKey> cosigners) {
      return members.stream().filter(member -> member.reachedBy(cosigners)).count() >= threshold;
    }
  }
}
