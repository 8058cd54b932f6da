package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a model is in its life. Source: OSFI Guideline E-23 (2027), the model lifecycle. */
public enum LifecycleState {
  /** It is being made or chosen, and described. */
  DESIGN,
  /** Somebody who has not made it looks at it, for the first time or again. */
  REVIEW,
  /** It was looked at and accepted; whoever may approve it has not, or it is not deployed yet. */
  APPROVAL,
  /** It was put to use. */
  DEPLOYMENT,
  /** It is in use, and watched. */
  MONITORING,
  /** It is used no more. What it decided can still be computed again. */
  DECOMMISSION;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Where somebody may move a model from here. To {@link #APPROVAL} leads a review that accepts it,
   * and nothing else.
   */
  public Set<LifecycleState> next() {
    return switch (this) {
      case DESIGN -> EnumSet.of(REVIEW, DECOMMISSION);
      case REVIEW -> EnumSet.of(REVIEW, DESIGN, DECOMMISSION);
      case APPROVAL -> EnumSet.of(DESIGN, REVIEW, DEPLOYMENT, DECOMMISSION);
      case DEPLOYMENT -> EnumSet.of(REVIEW, MONITORING, DECOMMISSION);
      case MONITORING -> EnumSet.of(REVIEW, DECOMMISSION);
      case DECOMMISSION -> EnumSet.noneOf(LifecycleState.class);
    };
  }

  /**
   * The state of this key.
   *
   * @throws GovernanceException {@code governance.state-unknown}
   */
  public static LifecycleState of(String key) {
    return Arrays.stream(values())
        .filter(state -> state.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "state-unknown",
                "there is no state '" + PlainText.shown(key) + "'",
                "States are design, review, approval, deployment, monitoring, decommission."));
  }
}
