package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import java.util.List;

/**
 * What came out of a test.
 *
 * @param test as the plan has it
 * @param asked how many questions
 * @param leftOut rows of the set that are of no group of the plan
 * @param groups what was counted
 * @param findings what that comes to
 */
public record TestOutcome(
    BiasTest test, int asked, int leftOut, List<GroupMeasurement> groups, List<Finding> findings) {

  public TestOutcome {
    groups = List.copyOf(groups);
    findings = List.copyOf(findings);
  }

  /** The worst of all judgements; too little data if there is none. */
  public Verdict verdict() {
    return Judge.worst(
        findings.stream()
            .flatMap(finding -> finding.judgements().stream())
            .map(Finding.Judgement::verdict)
            .toList());
  }
}
