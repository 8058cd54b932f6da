/**
 * The operator's console: pages that the server makes itself, in a browser on the same network.
 * What somebody may see and do there is what {@link dev.candor.governance.access.Authority} says,
 * asked for each page and each act. Must not hold a rule of its own about who may do what, ask
 * another machine for anything, or keep what was asked.
 */
@NullMarked
package dev.candor.server.console;

import org.jspecify.annotations.NullMarked;
