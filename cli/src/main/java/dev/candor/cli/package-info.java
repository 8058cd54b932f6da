/** The commands: thin over the engine, one class each. */
@NullMarked
package dev.candor.cli;

import org.jspecify.annotations.NullMarked;
