package dev.candor.engine.templates;

import java.util.AbstractList;
import java.util.List;

/** Python's tuple: a list that prints with parentheses and equals no list. */
final class Tuple extends AbstractList<Object> {

  private final List<Object> elements;

  Tuple(List<Object> elements) {
    this.elements = elements;
  }

  static Tuple of(Object first, Object second) {
    return new Tuple(List.of(first, second));
  }

  @Override
  public Object get(int index) {
    return elements.get(index);
  }

  @Override
  public int size() {
    return elements.size();
  }
}
