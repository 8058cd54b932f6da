/** Steps along a gradient: the optimisers, how long their steps are, and when that changes. */
@NullMarked
package dev.candor.training.optimisers;

import org.jspecify.annotations.NullMarked;
