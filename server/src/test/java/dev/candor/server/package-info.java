/** The server as its clients see it. */
@NullMarked
package dev.candor.server;

import org.jspecify.annotations.NullMarked;
