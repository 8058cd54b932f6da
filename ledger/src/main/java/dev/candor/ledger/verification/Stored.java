package dev.candor.ledger.verification;

/**
 * An entry as a file holds it.
 *
 * @param start where its bytes begin in the file
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Stored(int start, byte[] bytes) {}
