package dev.candor.engine.templates;

import java.util.List;

/**
 * A chat as its template writes it.
 *
 * @param text all of it
 * @param foreign which characters came from messages and tools, in ascending order; all others are
 *     the template's own
 */
public record RenderedChat(String text, List<Range> foreign) {

  public RenderedChat {
    foreign = List.copyOf(foreign);
  }

  /** Characters in [begin, end). */
  public record Range(int begin, int end) {}
}
