package dev.candor.governance.inventory;

import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.EvidenceKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;

/**
 * What follows from a rating.
 *
 * @param rating the rating
 * @param reviewMonths after how many months a model is to be reviewed again, at the latest
 * @param approver the role that it takes to approve; one of a lower rating is not enough
 * @param evidence what the loader asks for
 * @param monitors what is to be watched
 * @param purposesNamed whether an approval must say what for
 * @param mostTokens most tokens of an answer
 */
public record RatingRule(
    RiskRating rating,
    int reviewMonths,
    Role approver,
    List<EvidenceKind> evidence,
    List<String> monitors,
    boolean purposesNamed,
    OptionalLong mostTokens) {

  public RatingRule {
    evidence = List.copyOf(evidence);
    monitors = List.copyOf(monitors);
  }

  /** When what is approved now is to be reviewed again, at the latest. */
  public Instant latest(Instant now) {
    return now.atZone(ZoneOffset.UTC).plusMonths(reviewMonths).toInstant();
  }

  /** Whether somebody who acts in this role may approve: it is the one, or a higher one. */
  public boolean allows(Role role) {
    return role == approver || role == Role.GOVERN;
  }
}
