/** Decisions as spans of OpenTelemetry, where an operator has said where to send them. */
@NullMarked
package dev.candor.server.traces;

import org.jspecify.annotations.NullMarked;
