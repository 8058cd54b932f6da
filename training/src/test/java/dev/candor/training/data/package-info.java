/** Data sets, and what is found in them. */
@NullMarked
package dev.candor.training.data;

import org.jspecify.annotations.NullMarked;
