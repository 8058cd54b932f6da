package dev.candor.cli;

import java.util.Map;

/**
 * A row of a table.
 *
 * @param number from 1, without a header
 * @param cells by their columns, in order; of CSV strings, of JSON whatever is there
 */
record Row(int number, Map<String, Object> cells) {}
