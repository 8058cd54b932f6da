/** Bias of a model measured before its use, against thresholds that were set before the run. */
@NullMarked
package dev.candor.governance.fairness;

import org.jspecify.annotations.NullMarked;
