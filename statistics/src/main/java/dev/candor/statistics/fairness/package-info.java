/**
 * How differently groups fare: rates of each group, how far they are apart, and counterfactual
 * pairs.
 */
@NullMarked
package dev.candor.statistics.fairness;

import org.jspecify.annotations.NullMarked;
