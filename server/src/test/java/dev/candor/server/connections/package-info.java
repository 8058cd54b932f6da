/** What clients do to their connections. */
@NullMarked
package dev.candor.server.connections;

import org.jspecify.annotations.NullMarked;
