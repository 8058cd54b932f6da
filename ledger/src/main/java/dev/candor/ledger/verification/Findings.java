package dev.candor.ledger.verification;

import java.util.ArrayList;
import java.util.List;

/** What has been found so far, up to a limit: a ruined file must not fill the memory. */
final class Findings {

  /** Most findings that are kept; the rest is counted. */
  static final int MOST = 1_000;

  private final List<Finding> kept = new ArrayList<>();
  private long more;
  private boolean wrong;

  void add(Finding finding) {
    wrong |= finding.severity() == Finding.Severity.WRONG;
    if (kept.size() < MOST) {
      kept.add(finding);
    } else {
      more++;
    }
  }

  List<Finding> kept() {
    return List.copyOf(kept);
  }

  long more() {
    return more;
  }

  boolean isWell() {
    return !wrong;
  }
}
