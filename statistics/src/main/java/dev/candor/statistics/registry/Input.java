package dev.candor.statistics.registry;

import java.util.List;
import java.util.Optional;

/**
 * One input of a statistic.
 *
 * @param name lower-dash
 * @param type what it is
 * @param meaning what it means, and its limits
 * @param presence whether it must be there
 * @param fallback what it is if it is not there
 * @param choices what it may be; none if it may be anything
 */
public record Input(
    String name,
    InputType type,
    String meaning,
    Presence presence,
    Optional<Object> fallback,
    List<String> choices) {

  /** Whether an input must be there. */
  public enum Presence {
    REQUIRED,
    OPTIONAL
  }

  static Input required(String name, InputType type, String meaning) {
    return new Input(name, type, meaning, Presence.REQUIRED, Optional.empty(), List.of());
  }

  static Input optional(String name, InputType type, String meaning) {
    return new Input(name, type, meaning, Presence.OPTIONAL, Optional.empty(), List.of());
  }

  static Input usual(String name, InputType type, String meaning, Object fallback) {
    return new Input(name, type, meaning, Presence.OPTIONAL, Optional.of(fallback), List.of());
  }

  static Input choice(String name, String meaning, List<String> choices) {
    return new Input(
        name,
        InputType.TEXT,
        meaning,
        Presence.OPTIONAL,
        Optional.of(choices.getFirst()),
        List.copyOf(choices));
  }
}
