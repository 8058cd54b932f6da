package dev.candor.governance.policy;

/**
 * A use that is never served, whatever the rules say.
 *
 * @param purpose id of the use, in kebab case
 * @param reason for people
 * @param basis whose decision it is, such as {@code firm policy}
 */
public record RefusedUse(String purpose, String reason, String basis) {}
