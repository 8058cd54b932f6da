package dev.candor.governance.policy;

/**
 * A rule of a policy.
 *
 * @param id in kebab case, the only one of it in the policy
 * @param effect what it does where {@code when} is true
 * @param when an expression of CEL whose value is a bool
 * @param reason for people: completes "denied: …" or "allowed: …"
 * @param line where {@code when} is in the file, from 1
 */
public record PolicyRule(String id, RuleEffect effect, String when, String reason, int line) {}
