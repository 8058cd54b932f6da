/** Programs that the documentation shows, compiled and run by its tests. */
@NullMarked
package dev.candor.conformance.examples;

import org.jspecify.annotations.NullMarked;
