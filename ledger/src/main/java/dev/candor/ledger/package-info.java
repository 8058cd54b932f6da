/**
 * The append-only log. It knows nothing of models: an entry is a kind and named values, and what
 * they mean is between those who write and those who read them.
 */
@NullMarked
package dev.candor.ledger;

import org.jspecify.annotations.NullMarked;
