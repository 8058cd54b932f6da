package dev.candor.governance.provenance.documents;

import java.util.Optional;

/**
 * A figure that was measured.
 *
 * @param type what it is, such as {@code accuracy}
 * @param value as it is written
 * @param slice of what part of the data; none: of all
 * @param lower bound of its interval
 * @param upper bound of its interval
 */
public record Metric(
    String type,
    String value,
    Optional<String> slice,
    Optional<String> lower,
    Optional<String> upper) {}
