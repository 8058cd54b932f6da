package dev.candor.governance.policy;

import java.util.List;

/**
 * What a policy says of a request.
 *
 * @param allowed whether it may be served
 * @param rule id of the rule that decided; {@value #REFUSED_USE} or {@value #DEFAULT_DENY} if none,
 *     {@value #EVIDENCE_GATE} where the policy allowed it and the model may not be used
 * @param reason for people
 * @param trace what became of every rule, in the order of the file: denying ones first
 */
public record PolicyVerdict(boolean allowed, String rule, String reason, List<RuleTrace> trace) {

  /** Decided by the list of refused uses. */
  public static final String REFUSED_USE = "refused-use";

  /** Decided by no rule: what nothing allows is denied. */
  public static final String DEFAULT_DENY = "default-deny";

  /** Decided by the gate of the loader. */
  public static final String EVIDENCE_GATE = "evidence-gate";

  public PolicyVerdict {
    trace = List.copyOf(trace);
  }
}
