/** All statistics by name, with their inputs, limits, definitions and examples. */
@NullMarked
package dev.candor.statistics.registry;

import org.jspecify.annotations.NullMarked;
