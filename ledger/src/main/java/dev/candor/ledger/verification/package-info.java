/**
 * Verifies a ledger, an export or a receipt from its bytes alone, for who trusts nobody but the
 * holders of some keys. It shares hashes, entries and notes with what writes ledgers, but reads
 * their files by itself: a mistake of the writer is not repeated here.
 */
@NullMarked
package dev.candor.ledger.verification;

import org.jspecify.annotations.NullMarked;
