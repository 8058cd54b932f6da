package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.ConstraintSource.Form;
import dev.candor.engine.json.Json;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.ToIntFunction;

/**
 * What an answer may be. Whatever a model would rather say, an answer that ends by itself is one of
 * these texts. Make it once and use it often: what it learns about a vocabulary is kept. Immutable
 * and safe for use by many threads.
 */
public final class Constraint {

  /** Longest literal of a choice, in bytes. */
  private static final int LONGEST_CHOICE = 1024;

  static final Json.Limits SCHEMA_LIMITS = new Json.Limits(1 << 20, 64, 20_000);

  private final String name;
  private final ConstraintSource source;
  private final Expressions expressions;
  private final int start;
  private final Map<VocabularyTrie, TokenAutomaton> automata = new WeakHashMap<>();

  private Constraint(String name, ConstraintSource source, Expressions expressions, int start) {
    this.name = name;
    this.source = source;
    this.expressions = expressions;
    this.start = start;
    if (expressions.shortest(start) >= Expressions.INFINITE) {
      throw new GenerationException(
          "constraint-unsatisfiable",
          "no text fits " + name,
          "Correct it: its parts contradict each other.");
    }
  }

  private static Constraint of(
      String name, ConstraintSource source, ToIntFunction<Expressions> compile) {
    Expressions expressions = new Expressions();
    int start = compile.applyAsInt(expressions);
    expressions.seal();
    // Finds a rule that begins with itself now, and not in the middle of an answer.
    for (int b = 0; b < 256; b++) {
      expressions.derive(start, b);
    }
    return new Constraint(name, source, expressions, start);
  }

  /** Any JSON object. */
  public static Constraint json() {
    return of("a JSON object", new ConstraintSource(Form.JSON_OBJECT), JsonSchema::anyObject);
  }

  /**
   * JSON that validates against a schema (2020-12). Members come in the order of {@code
   * properties}; {@code docs/reference/output-constraints.md} lists the keywords.
   *
   * @param schema the text of the schema
   * @throws GenerationException {@code generation.schema-unsupported} naming the keyword, {@code
   *     schema-malformed}, {@code regex-unsupported}, {@code regex-malformed}, {@code
   *     constraint-unsatisfiable} or {@code constraint-too-complex}
   * @throws dev.candor.engine.ConfigException if it is no JSON
   */
  public static Constraint jsonSchema(String schema) {
    byte[] text = schema.getBytes(StandardCharsets.UTF_8);
    Object parsed = Json.parse(new ByteArrayInputStream(text), SCHEMA_LIMITS, "schema");
    return of(
        "the JSON schema",
        new ConstraintSource(Form.JSON_SCHEMA, schema),
        e -> JsonSchema.compile(e, parsed));
  }

  /**
   * Text that a regular expression matches as a whole; ECMA-262 without look-around and
   * back-references.
   *
   * @throws GenerationException {@code generation.regex-unsupported} or {@code regex-malformed}
   */
  public static Constraint regex(String pattern) {
    return of(
        "the regular expression",
        new ConstraintSource(Form.REGEX, pattern),
        e -> new Regex(e, pattern, ranges -> Characters.of(e, ranges)).whole());
  }

  /**
   * One of these texts.
   *
   * @throws GenerationException {@code generation.out-of-range} if there are none, or one is empty
   *     or too long
   */
  public static Constraint choice(List<String> choices) {
    if (choices.isEmpty()) {
      throw new GenerationException(
          "out-of-range", "there is nothing to choose from", "Give at least one choice.");
    }
    for (String choice : choices) {
      if (choice.isEmpty() || choice.getBytes(StandardCharsets.UTF_8).length > LONGEST_CHOICE) {
        throw new GenerationException(
            "out-of-range",
            "a choice has " + choice.length() + " characters, allowed are 1 to " + LONGEST_CHOICE,
            "Correct the choice.");
      }
    }
    return of(
        "the choice",
        new ConstraintSource(Form.CHOICE, choices, Optional.empty()),
        e ->
            e.either(
                choices.stream()
                    .map(choice -> e.literal(choice.getBytes(StandardCharsets.UTF_8)))
                    .toList()));
  }

  /**
   * Text of a grammar in llama.cpp's GBNF.
   *
   * @throws GenerationException {@code generation.grammar-malformed} or {@code
   *     grammar-left-recursive}
   */
  public static Constraint grammar(String gbnf) {
    return of("the grammar", new ConstraintSource(Form.GRAMMAR, gbnf), e -> Gbnf.compile(e, gbnf));
  }

  /**
   * Text in which a model may call functions: as a form has it, with arguments that fit.
   *
   * @throws GenerationException as {@link #jsonSchema} does
   */
  public static Constraint calls(CallForm form, CallForm.Calls calls) {
    return of(
        "a call of a function",
        new ConstraintSource(Form.CALLS, form.texts(calls), Optional.empty()),
        e -> form.compile(e, calls));
  }

  /**
   * The same behind free text that ends with a mark: a model may think first. Up to four spaces or
   * line ends may follow the mark.
   *
   * @param mark such as {@code </think>}
   */
  public Constraint after(String mark) {
    synchronized (expressions) {
      Expressions e = expressions;
      int end = e.literal(mark.getBytes(StandardCharsets.UTF_8));
      int free = e.not(e.sequence(e.anything(), end, e.anything()));
      int space = e.repeat(e.either(e.bytes(' ', ' '), e.bytes('\n', '\n')), 0, 4);
      ConstraintSource behind =
          new ConstraintSource(source.form(), source.texts(), Optional.of(mark));
      return new Constraint(
          name + " behind " + mark, behind, e, e.sequence(free, end, space, start));
    }
  }

  /** What it is called in messages, such as {@code the JSON schema}. */
  public String name() {
    return name;
  }

  /** What it was made from. */
  public ConstraintSource source() {
    return source;
  }

  /** Whether this very text fits. */
  public boolean accepts(String text) {
    synchronized (expressions) {
      int state = start;
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        state = expressions.derive(state, b & 0xFF);
      }
      return expressions.isNullable(state);
    }
  }

  /** Follows an answer in tokens of a vocabulary. */
  public ConstrainedAnswer begin(VocabularyTrie vocabulary) {
    TokenAutomaton automaton;
    synchronized (expressions) {
      automaton = automata.computeIfAbsent(vocabulary, v -> new TokenAutomaton(expressions, v));
    }
    if (automaton.shortest(start) >= Expressions.INFINITE) {
      throw ConstrainedAnswer.unspeakable(name);
    }
    return new ConstrainedAnswer(automaton, start, name);
  }
}
