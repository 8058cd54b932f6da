/** Hashes of RFC 6962, and the proofs that are made of them. Pure functions on bytes: no files. */
@NullMarked
package dev.candor.ledger.merkle;

import org.jspecify.annotations.NullMarked;
