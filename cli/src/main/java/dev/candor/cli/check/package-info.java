/** Comparison of models with outputs of a reference implementation. */
@NullMarked
package dev.candor.cli.check;

import org.jspecify.annotations.NullMarked;
