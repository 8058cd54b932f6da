/** How many rows are needed, and how they are drawn again. */
@NullMarked
package dev.candor.statistics.sampling;

import org.jspecify.annotations.NullMarked;
