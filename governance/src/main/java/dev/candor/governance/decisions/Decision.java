package dev.candor.governance.decisions;

/**
 * A decision that has been made and recorded.
 *
 * @param output what the model gave
 * @param receipt where it is recorded
 * @param repeated whether it had been made before, for the same request of the same caller
 */
public record Decision(DecisionOutput output, Receipt receipt, boolean repeated) {}
