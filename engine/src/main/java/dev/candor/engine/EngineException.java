package dev.candor.engine;

/**
 * What the engine throws when it refuses: a stable code for programs, what happened and what to do
 * next for people.
 *
 * <p>The engine throws nothing else for bad input. Nothing is truncated, skipped or replaced on the
 * way.
 */
public abstract sealed class EngineException extends RuntimeException
    permits ConfigException,
        WeightsException,
        TokenizerException,
        TemplateException,
        ModelException,
        AdapterException,
        GenerationException {

  private final String code;
  private final String remedy;

  EngineException(String room, String reason, String message, String remedy) {
    super(message);
    this.code = room + "." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: the room and the reason, such as {@code weights.truncated}. */
  public final String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public final String remedy() {
    return remedy;
  }
}
