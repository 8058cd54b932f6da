/** The training room. */
@NullMarked
package dev.candor.training;

import org.jspecify.annotations.NullMarked;
