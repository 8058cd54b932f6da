/**
 * The way of a decision: consent, policy, a durable beginning, the answer, a durable end, a
 * receipt. {@link dev.candor.governance.decisions.DecisionPipeline} is the only way to an answer
 * that somebody may rest on.
 */
@NullMarked
package dev.candor.governance.decisions;

import org.jspecify.annotations.NullMarked;
