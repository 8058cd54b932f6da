/** Quantities with their bounds: shares, differences, and the bootstrap. */
@NullMarked
package dev.candor.statistics.intervals;

import org.jspecify.annotations.NullMarked;
