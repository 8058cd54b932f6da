package dev.candor.engine.templates;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values, within those of an outer scope. Loops and macros open one. */
final class Scope {

  private final @Nullable Scope outer;
  private final Map<String, Object> values = new HashMap<>();

  /** The outermost scope. */
  Scope() {
    outer = null;
  }

  private Scope(Scope outer) {
    this.outer = outer;
  }

  Scope inner() {
    return new Scope(this);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Values.Undefined(name);
  }
}
