/**
 * Signed texts: notes, checkpoints, cosignatures, proof bundles and policies, by the specifications
 * of C2SP. Parsers take exactly what the writers give. Pure functions on bytes: no files.
 */
@NullMarked
package dev.candor.ledger.notes;

import org.jspecify.annotations.NullMarked;
