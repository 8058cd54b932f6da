package dev.candor.cli;

import dev.candor.engine.constraints.Constraint;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say what an answer may be; one of them at a time. */
final class ConstraintArguments {

  @ArgGroup(heading = "What the answer may be:%n")
  @Nullable One one;

  /** One of them. */
  static final class One {
    @Option(
        names = "--schema",
        paramLabel = "FILE",
        description = "JSON that validates against the JSON schema in the file.")
    @Nullable Path schema;

    @Option(names = "--json-object", description = "Any JSON object.")
    boolean jsonObject;

    @Option(
        names = "--choices",
        split = ",",
        paramLabel = "TEXT",
        description = "One of these texts, separated by commas.")
    List<String> choices = List.of();

    @Option(
        names = "--regex",
        paramLabel = "PATTERN",
        description = "Text that the regular expression matches as a whole.")
    @Nullable String regex;

    @Option(
        names = "--grammar",
        paramLabel = "FILE",
        description = "Text of the grammar in the file (llama.cpp's GBNF).")
    @Nullable Path grammar;
  }

  /** The constraint, if there is one. */
  Optional<Constraint> constraint() {
    One given = one;
    if (given == null) {
      return Optional.empty();
    }
    if (given.schema != null) {
      return Optional.of(Constraint.jsonSchema(TextFile.read(given.schema)));
    }
    if (given.grammar != null) {
      return Optional.of(Constraint.grammar(TextFile.read(given.grammar)));
    }
    if (given.regex != null) {
      return Optional.of(Constraint.regex(given.regex));
    }
    return Optional.of(given.jsonObject ? Constraint.json() : Constraint.choice(given.choices));
  }
}
