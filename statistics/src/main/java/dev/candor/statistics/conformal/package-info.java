/**
 * Sets of answers that hold the right one as often as promised, and when no promise can be kept.
 */
@NullMarked
package dev.candor.statistics.conformal;

import org.jspecify.annotations.NullMarked;
