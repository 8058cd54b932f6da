package dev.candor.cli.check;

/**
 * One comparison and its outcome.
 *
 * @param prompt name of the prompt or case
 * @param what was compared, such as {@code logits}
 * @param holds whether it is as expected
 * @param detail figures, and on a failure where it differs first
 */
public record Finding(String prompt, String what, boolean holds, String detail) {}
