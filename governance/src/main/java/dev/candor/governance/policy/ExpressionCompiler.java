package dev.candor.governance.policy;

import dev.candor.statistics.NearestWord;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From the text of an expression to a tree whose types are checked. Loading this class loads a
 * parser: about 150 ms in a fresh process.
 */
final class ExpressionCompiler {

  private static final Pattern DOTTED_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

  private final CelCompiler compiler;

  ExpressionCompiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(ExpressionPlanner.OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(
                CelStandardDeclarations.newBuilder()
                    .includeFunctions(
                        StandardFunction.LOGICAL_NOT,
                        StandardFunction.LOGICAL_AND,
                        StandardFunction.LOGICAL_OR,
                        StandardFunction.CONDITIONAL,
                        StandardFunction.NOT_STRICTLY_FALSE,
                        StandardFunction.EQUALS,
                        StandardFunction.NOT_EQUALS,
                        StandardFunction.LESS,
                        StandardFunction.LESS_EQUALS,
                        StandardFunction.GREATER,
                        StandardFunction.GREATER_EQUALS,
                        StandardFunction.IN,
                        StandardFunction.INDEX,
                        StandardFunction.SIZE,
                        StandardFunction.ADD,
                        StandardFunction.SUBTRACT,
                        StandardFunction.MULTIPLY,
                        StandardFunction.DIVIDE,
                        StandardFunction.MODULO,
                        StandardFunction.NEGATE,
                        StandardFunction.STARTS_WITH,
                        StandardFunction.ENDS_WITH,
                        StandardFunction.CONTAINS,
                        StandardFunction.MATCHES)
                    .build())
            .setStandardMacros(
                CelStandardMacro.ALL,
                CelStandardMacro.EXISTS,
                CelStandardMacro.EXISTS_ONE,
                CelStandardMacro.FILTER)
            .setResultType(SimpleType.BOOL);
    for (PolicyVariable variable : PolicyVariable.values()) {
      builder.addVar(variable.key(), type(variable.type()));
    }
    compiler = builder.build();
  }

  /**
   * Compiles an expression.
   *
   * @throws ExpressionException saying what does not fit, and where in the expression
   */
  CelAbstractSyntaxTree compile(String expression) throws ExpressionException {
    CelValidationResult result = compiler.compile(expression);
    if (result.hasError()) {
      CelIssue issue = result.getErrors().getFirst();
      // Columns count from 0.
      CelSourceLocation place = issue.getSourceLocation();
      throw new ExpressionException(
          issue.getMessage(),
          suggestion(expression, issue),
          Math.max(1, place.getLine()),
          Math.max(0, place.getColumn()) + 1);
    }
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      throw new ExpressionException(String.valueOf(e.getMessage()), "", 1, 1);
    }
  }

  /** The variable or function nearest to one that is not there. */
  private static String suggestion(String expression, CelIssue issue) {
    if (!issue.getMessage().startsWith("undeclared reference to '")) {
      return "";
    }
    String line =
        expression.lines().skip(issue.getSourceLocation().getLine() - 1L).findFirst().orElse("");
    int column = issue.getSourceLocation().getColumn();
    if (column < line.length() && line.charAt(column) == '(') {
      String function = issue.getMessage().split("'", -1)[1];
      return NearestWord.to(
          function,
          List.of(
              "all",
              "contains",
              "endsWith",
              "exists",
              "exists_one",
              "filter",
              "matches",
              "size",
              "startsWith"));
    }
    Matcher name = DOTTED_NAME.matcher(line);
    return name.find(Math.min(column, line.length()))
        ? NearestWord.to(
            name.group(), Arrays.stream(PolicyVariable.values()).map(PolicyVariable::key).toList())
        : "";
  }

  private static CelType type(PolicyVariable.Type type) {
    return switch (type) {
      case BOOL -> SimpleType.BOOL;
      case INT -> SimpleType.INT;
      case STRING -> SimpleType.STRING;
      case STRINGS -> ListType.create(SimpleType.STRING);
    };
  }
}
