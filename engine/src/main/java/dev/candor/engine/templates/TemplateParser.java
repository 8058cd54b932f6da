package dev.candor.engine.templates;

import dev.candor.engine.templates.Statement.Branch;
import dev.candor.engine.templates.Statement.Parameter;
import dev.candor.engine.templates.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parses a template's statements (Jinja, "List of Control Structures", as far as chats need). */
final class TemplateParser {

  private final TokenCursor cursor;
  private final ExpressionParser expressions;

  /** Loops around the place, for break and continue. */
  private int loops;

  private TemplateParser(TokenCursor cursor) {
    this.cursor = cursor;
    expressions = new ExpressionParser(cursor);
  }

  static List<Statement> parse(String source, int maximumDepth) {
    TemplateParser parser = new TemplateParser(new TokenCursor(Lexer.tokens(source), maximumDepth));
    List<Statement> statements = parser.body(Set.of());
    parser.cursor.expect(Kind.END, "the end of the template");
    return statements;
  }

  /** Statements up to a tag of one of these names, which is current afterwards. */
  private List<Statement> body(Set<String> endings) {
    cursor.enter();
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = cursor.current();
      switch (token.kind()) {
        case DATA ->
            statements.add(new Statement.Data(Text.of(cursor.next().text()), token.line()));
        case PRINT_BEGIN -> {
          cursor.next();
          Expression value = expressions.tuple(true);
          cursor.expect(Kind.PRINT_END, "'}}'");
          statements.add(new Statement.Print(value, token.line()));
        }
        case BLOCK_BEGIN -> {
          if (cursor.following().kind() == Kind.NAME
              && endings.contains(cursor.following().text())) {
            cursor.next();
            cursor.leave();
            return statements;
          }
          cursor.next();
          statements.add(statement());
        }
        default -> {
          if (!endings.isEmpty()) {
            throw cursor.unexpected("one of the tags " + String.join(", ", endings));
          }
          cursor.leave();
          return statements;
        }
      }
    }
  }

  private void endTag() {
    cursor.expect(Kind.BLOCK_END, "'%}'");
  }

  private Statement statement() {
    Token tag = cursor.expect(Kind.NAME, "the name of a tag");
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> branches(line);
      case "for" -> loop(line);
      case "set" -> set(line);
      case "macro" -> macro(line);
      case "generation" -> {
        endTag();
        List<Statement> body = body(Set.of("endgeneration"));
        cursor.next();
        endTag();
        yield new Statement.Group(body, line);
      }
      case "break", "continue" -> {
        if (loops == 0) {
          throw TemplateFailure.syntax(tag.text() + " outside of a loop", line);
        }
        endTag();
        yield tag.text().equals("break") ? new Statement.Break(line) : new Statement.Continue(line);
      }
      case "elif", "else", "endif", "endfor", "endset", "endmacro", "endgeneration" ->
          throw TemplateFailure.syntax("the tag " + tag.text() + " has no beginning", line);
      default -> throw TemplateFailure.unsupported("the tag " + tag.text(), line);
    };
  }

  private Statement branches(int line) {
    List<Branch> branches = new ArrayList<>();
    Optional<Expression> condition = Optional.of(expressions.tuple(false));
    while (true) {
      endTag();
      List<Statement> body =
          body(condition.isPresent() ? Set.of("elif", "else", "endif") : Set.of("endif"));
      branches.add(new Branch(condition, body));
      String ending = cursor.next().text();
      if (ending.equals("endif")) {
        endTag();
        return new Statement.If(branches, line);
      }
      condition = ending.equals("elif") ? Optional.of(expressions.tuple(false)) : Optional.empty();
    }
  }

  private List<String> targets() {
    boolean parenthesised = cursor.skipOperator("(");
    List<String> targets = new ArrayList<>();
    do {
      if (!targets.isEmpty() && cursor.current().kind() != Kind.NAME) {
        break;
      }
      targets.add(cursor.expect(Kind.NAME, "a name").text());
    } while (cursor.skipOperator(","));
    if (parenthesised) {
      cursor.expectOperator(")");
    }
    return targets;
  }

  private Statement loop(int line) {
    List<String> targets = targets();
    if (!cursor.skipName("in")) {
      throw cursor.unexpected("'in'");
    }
    Expression over = expressions.tuple(false);
    Optional<Expression> filter =
        cursor.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    if (cursor.current().isName("recursive")) {
      throw TemplateFailure.unsupported("a recursive loop", line);
    }
    endTag();
    loops++;
    List<Statement> body = body(Set.of("else", "endfor"));
    loops--;
    List<Statement> otherwise = List.of();
    if (cursor.next().text().equals("else")) {
      endTag();
      otherwise = body(Set.of("endfor"));
      cursor.next();
    }
    endTag();
    return new Statement.For(targets, over, filter, body, otherwise, line);
  }

  private Statement set(int line) {
    if (cursor.current().kind() == Kind.NAME && cursor.following().isOperator(".")) {
      String namespace = cursor.next().text();
      cursor.next();
      String name = cursor.expect(Kind.NAME, "the name of an attribute").text();
      cursor.expectOperator("=");
      Expression value = expressions.tuple(true);
      endTag();
      return new Statement.SetAttribute(namespace, name, value, line);
    }
    List<String> targets = targets();
    if (cursor.skipOperator("=")) {
      Expression value = expressions.tuple(true);
      endTag();
      return new Statement.SetNames(targets, value, line);
    }
    if (targets.size() > 1) {
      throw cursor.unexpected("'='");
    }
    Expression filtered = new Expression.Name(Statement.SetBlock.BLOCK, line);
    while (cursor.skipOperator("|")) {
      filtered = expressions.filter(filtered);
    }
    endTag();
    List<Statement> body = body(Set.of("endset"));
    cursor.next();
    endTag();
    return new Statement.SetBlock(targets.getFirst(), body, filtered, line);
  }

  private Statement macro(int line) {
    String name = cursor.expect(Kind.NAME, "the name of a macro").text();
    cursor.expectOperator("(");
    List<Parameter> parameters = new ArrayList<>();
    while (!cursor.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        cursor.expectOperator(",");
      }
      String parameter = cursor.expect(Kind.NAME, "the name of a parameter").text();
      Optional<Expression> absent =
          cursor.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
      if (absent.isEmpty() && !parameters.isEmpty() && parameters.getLast().absent().isPresent()) {
        throw TemplateFailure.syntax("a parameter without a default follows one with", line);
      }
      parameters.add(new Parameter(parameter, absent));
    }
    endTag();
    int loopsAround = loops;
    loops = 0;
    List<Statement> body = body(Set.of("endmacro"));
    loops = loopsAround;
    cursor.next();
    endTag();
    return new Statement.DefineMacro(name, parameters, body, line);
  }
}
