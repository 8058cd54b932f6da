package dev.candor.governance.payloads;

import java.time.Instant;

/**
 * What an erasure has done.
 *
 * @param subject the pseudonym
 * @param payloads how many of the subject were there
 * @param at when it was done; of a subject without payloads, now
 * @param payloadKey the id of the vault's payload key from then on: the one under which the
 *     subject's key was wrapped is gone
 */
public record Erasure(String subject, long payloads, Instant at, String payloadKey) {}
