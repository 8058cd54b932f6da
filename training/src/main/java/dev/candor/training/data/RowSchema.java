package dev.candor.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the rows of a data set look like: which column holds what. A row has these columns and no
 * others.
 *
 * @param task what a label is
 * @param text the column with the text or prompt
 * @param label the column with the label or answer
 * @param labels of a classification all labels there are, in the order in which they are offered;
 *     otherwise empty
 * @param id the column with a name for the row, unique; without one, rows are called by their
 *     number
 * @param family the column that says which rows stem from the same thing; without one, a row is a
 *     family of its own, with all rows of the same normal text
 * @param subject the column that says whom the row is about
 * @param attributes further columns, which may be missing from a row
 */
public record RowSchema(
    Task task,
    String text,
    String label,
    List<String> labels,
    Optional<String> id,
    Optional<String> family,
    Optional<String> subject,
    List<String> attributes) {

  /** What is asked about a text. */
  public enum Task {
    /** Which of some labels fits. */
    CLASSIFICATION,
    /** What to answer, in any words. */
    ANSWER
  }

  public RowSchema {
    labels = List.copyOf(labels);
    attributes = List.copyOf(attributes);
  }

  /** All columns, in order. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    id.ifPresent(columns::add);
    columns.add(text);
    columns.add(label);
    family.ifPresent(columns::add);
    subject.ifPresent(columns::add);
    columns.addAll(attributes);
    return columns;
  }
}
