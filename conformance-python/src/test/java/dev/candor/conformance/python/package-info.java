/** Clients that are written in Python ask the server. */
@NullMarked
package dev.candor.conformance.python;

import org.jspecify.annotations.NullMarked;
