/** Does a model do what a reference implementation did? Comparison with golden outputs. */
@NullMarked
package dev.candor.cli.check;

import org.jspecify.annotations.NullMarked;
