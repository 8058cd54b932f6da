/** How far what is seen now is from what was seen then. */
@NullMarked
package dev.candor.statistics.drift;

import org.jspecify.annotations.NullMarked;
