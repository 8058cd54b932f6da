package dev.candor.governance.payloads;

/**
 * Bytes that were committed to, and the salt that opens the commitment.
 *
 * @param salt 32 bytes
 * @param bytes as they were put
 */
@SuppressWarnings("ArrayRecordComponent") // The reader's own copy: nobody compares two of them.
public record Payload(byte[] salt, byte[] bytes) {}
