/** Tests of traces. */
@NullMarked
package dev.candor.server.traces;

import org.jspecify.annotations.NullMarked;
