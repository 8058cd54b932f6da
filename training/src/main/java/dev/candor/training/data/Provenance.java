package dev.candor.training.data;

/**
 * Where rows come from.
 *
 * @param source what they were taken from
 * @param collectedBy who took them
 * @param collectedAt when, a date or time of ISO 8601
 * @param licence under which terms, an SPDX identifier or words
 * @param method how they were made from the source
 */
public record Provenance(
    String source, String collectedBy, String collectedAt, String licence, String method) {}
