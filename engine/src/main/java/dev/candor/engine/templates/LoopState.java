package dev.candor.engine.templates;

import dev.candor.engine.templates.Values.Callable;
import java.util.ArrayList;
import java.util.List;

/** What a template knows as {@code loop}. */
final class LoopState {

  private final List<Object> elements;
  private int index;
  private List<Object> lastChanged = List.of();
  private boolean changedBefore;

  LoopState(List<Object> elements) {
    this.elements = elements;
  }

  void moveTo(int place) {
    index = place;
  }

  Object attribute(String name) {
    int size = elements.size();
    return switch (name) {
      case "index" -> index + 1L;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> size - 1L - index;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "previtem" -> index == 0 ? new Values.Undefined("previtem") : elements.get(index - 1);
      case "nextitem" ->
          index == size - 1 ? new Values.Undefined("nextitem") : elements.get(index + 1);
      case "cycle" -> (Callable) this::cycle;
      case "changed" -> (Callable) this::changed;
      default -> new Values.Undefined("loop." + name);
    };
  }

  private Object cycle(Arguments arguments) {
    List<Object> choices = arguments.positional();
    if (choices.isEmpty()) {
      throw arguments.run().type("nothing to cycle through");
    }
    return choices.get(index % choices.size());
  }

  private Object changed(Arguments arguments) {
    List<Object> now = new ArrayList<>(arguments.positional());
    boolean changed = !changedBefore || !Values.equal(now, lastChanged, arguments.run());
    changedBefore = true;
    lastChanged = now;
    return changed;
  }
}
