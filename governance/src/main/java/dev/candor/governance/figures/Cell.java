package dev.candor.governance.figures;

/** What stands in a table of a figure: a text or a whole number. */
public sealed interface Cell {

  /** A text, as an entry has it. */
  record Text(String text) implements Cell {}

  /** A number. There are no fractions: what is divided is divided by whoever reads. */
  record Number(long value) implements Cell {}

  /** A text. */
  static Cell of(String text) {
    return new Text(text);
  }

  /** A number. */
  static Cell of(long value) {
    return new Number(value);
  }

  /** As it is written in a document. */
  default String written() {
    return switch (this) {
      case Text it -> it.text();
      case Number it -> Long.toString(it.value());
    };
  }
}
