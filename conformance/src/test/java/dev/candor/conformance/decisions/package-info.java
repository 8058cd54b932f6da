/** Decisions and their ledger under faults, and decisions replayed. */
@NullMarked
package dev.candor.conformance.decisions;

import org.jspecify.annotations.NullMarked;
