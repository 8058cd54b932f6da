package dev.candor.governance.explanation;

/**
 * What an explanation took.
 *
 * @param evaluations different texts that the model was asked about
 * @param tokensRead tokens that it read for them
 * @param separateTokens tokens that it would have read had each been a prompt of its own
 */
public record Cost(long evaluations, long tokensRead, long separateTokens) {}
