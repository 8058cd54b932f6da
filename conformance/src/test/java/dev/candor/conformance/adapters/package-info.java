/** Adapters and heads against the reference implementation and against themselves. */
@NullMarked
package dev.candor.conformance.adapters;

import org.jspecify.annotations.NullMarked;
