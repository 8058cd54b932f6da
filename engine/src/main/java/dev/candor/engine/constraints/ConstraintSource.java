package dev.candor.engine.constraints;

import java.util.List;
import java.util.Optional;

/**
 * What a constraint was made from, so that a record of it can be kept and the same one made again.
 *
 * @param form how to read the texts
 * @param texts the choices; of {@link Form#CALLS} the form, and names and schemas of functions; of
 *     any other form one text, of {@link Form#JSON_OBJECT} none
 * @param after the mark behind which the answer has to fit, if a model may think first
 */
public record ConstraintSource(Form form, List<String> texts, Optional<String> after) {

  /** The ways to say what an answer may be. */
  public enum Form {
    JSON_OBJECT,
    JSON_SCHEMA,
    REGEX,
    CHOICE,
    GRAMMAR,
    CALLS
  }

  public ConstraintSource {
    texts = List.copyOf(texts);
  }

  ConstraintSource(Form form, String... texts) {
    this(form, List.of(texts), Optional.empty());
  }

  /**
   * The constraint.
   *
   * @throws dev.candor.engine.EngineException as the method of {@link Constraint} of this form does
   */
  public Constraint constraint() {
    Constraint whole =
        switch (form) {
          case JSON_OBJECT -> Constraint.json();
          case JSON_SCHEMA -> Constraint.jsonSchema(texts.getFirst());
          case REGEX -> Constraint.regex(texts.getFirst());
          case CHOICE -> Constraint.choice(texts);
          case GRAMMAR -> Constraint.grammar(texts.getFirst());
          case CALLS -> CallForm.read(texts);
        };
    return after.map(whole::after).orElse(whole);
  }
}
