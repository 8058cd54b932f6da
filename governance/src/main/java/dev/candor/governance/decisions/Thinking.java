package dev.candor.governance.decisions;

/**
 * What a model may say to itself before it answers: the most likely tokens.
 *
 * @param maximumTokens most of them, 1 or more
 * @param end the text that ends them, such as {@code </think>}
 */
public record Thinking(int maximumTokens, String end) {}
