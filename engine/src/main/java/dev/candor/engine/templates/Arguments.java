package dev.candor.engine.templates;

import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call, a filter or a test. */
record Arguments(List<Object> positional, Map<String, Object> named, Execution run) {

  /** Refuses arguments beyond these: positional ones are taken in the order of the names. */
  Arguments allow(String... names) {
    if (positional.size() > names.length) {
      throw run.type(positional.size() + " arguments given, at most " + names.length + " taken");
    }
    for (String given : named.keySet()) {
      if (!List.of(names).contains(given)) {
        throw run.type("no argument is called " + given);
      }
    }
    return this;
  }

  boolean has(int place, String name) {
    return place < positional.size() || named.containsKey(name);
  }

  Object get(int place, String name) {
    if (place < positional.size()) {
      return positional.get(place);
    }
    Object value = named.get(name);
    if (value == null) {
      throw run.type("the argument " + name + " is missing");
    }
    return value;
  }

  Object get(int place, String name, Object absent) {
    return has(place, name) ? get(place, name) : absent;
  }

  Text text(int place, String name) {
    return Values.text(get(place, name), run);
  }

  long integer(int place, String name, long absent) {
    return has(place, name) ? Values.integer(get(place, name), run) : absent;
  }

  boolean truth(int place, String name, boolean absent) {
    return has(place, name) ? Values.truth(get(place, name)) : absent;
  }
}
