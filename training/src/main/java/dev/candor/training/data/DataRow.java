package dev.candor.training.data;

import java.util.Map;
import java.util.Optional;

/**
 * One row.
 *
 * @param number from 1, the line in the file
 * @param id what predictions call it: its own, or its number
 * @param text the text or prompt
 * @param label the label or answer
 * @param family rows of one family are in one split
 * @param subject whom it is about
 * @param split what it is for
 * @param attributes the further columns that it has
 */
public record DataRow(
    int number,
    String id,
    String text,
    String label,
    String family,
    Optional<String> subject,
    DataSplit split,
    Map<String, Object> attributes) {}
