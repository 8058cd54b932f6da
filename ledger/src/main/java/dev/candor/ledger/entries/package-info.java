/** What is logged: entries as bytes, and commitments to what is kept beside them. */
@NullMarked
package dev.candor.ledger.entries;

import org.jspecify.annotations.NullMarked;
