package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import java.util.List;
import java.util.Optional;

/**
 * Which tools a request has, and how it wants them used.
 *
 * @param tools as the request has them, each a mapping, for the template
 * @param functions those that may be called, with the schemas that their arguments are held to
 * @param required whether one must be called
 * @param several whether more than one may be called
 * @param strict the first function that asks to be strict, if one does
 */
public record ToolChoice(
    List<Object> tools,
    List<CallForm.Function> functions,
    boolean required,
    boolean several,
    Optional<String> strict) {

  /** No tools. */
  public static final ToolChoice NONE =
      new ToolChoice(List.of(), List.of(), false, false, Optional.empty());

  public ToolChoice {
    tools = List.copyOf(tools);
    functions = List.copyOf(functions);
  }

  /** Whether a tool may be called. */
  public boolean mayCall() {
    return !functions.isEmpty();
  }
}
