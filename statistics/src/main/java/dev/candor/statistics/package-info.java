/**
 * Statistics as pure functions: what goes in decides what comes out, and nothing is read or
 * written.
 */
@NullMarked
package dev.candor.statistics;

import org.jspecify.annotations.NullMarked;
