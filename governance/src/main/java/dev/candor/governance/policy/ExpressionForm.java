package dev.candor.governance.policy;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSource;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A checked tree as words with single spaces between them, each node before those below it: what a
 * planner needs and nothing else. A policy is always planned from this form, whether it was just
 * compiled or read back, so there is one way and not two.
 *
 * <pre>
 *   bool true | int 42 | string text       constants, their text as in a form of HTML
 *   variable name | local name             of the policy, of a loop
 *   call function overload n …             n arguments; overload - if the values decide
 *   on function overload n …               the same, the first before the dot
 *   list n …
 *   loop element second result … … … … …   range, start, condition, step, value
 * </pre>
 */
final class ExpressionForm {

  private static final String NONE = "-";
  private static final int MOST_NODES = 20_000;
  private static final int MOST_DEPTH = 400;

  private ExpressionForm() {}

  /**
   * Writes a tree.
   *
   * @throws ExpressionException if it is made of what policies do not know
   */
  static String write(CelAbstractSyntaxTree tree) throws ExpressionException {
    Writer writer = new Writer(tree);
    writer.node(tree.getExpr());
    return String.join(" ", writer.words);
  }

  /** Trees that are read, and the functions they call. */
  static final class Reader {

    private final Set<String> functions = new TreeSet<>();

    /** Names of all functions that the trees call, operators included. */
    Set<String> functions() {
      return functions;
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws IllegalArgumentException if it was not
     */
    CelAbstractSyntaxTree read(String form) {
      Words words = new Words(form.split(" ", -1), functions);
      CelExpr root = words.node(0);
      if (words.next != words.words.length) {
        throw new IllegalArgumentException("words are left over");
      }
      words.types.put(root.id(), SimpleType.BOOL);
      return CelAbstractSyntaxTree.newCheckedAst(
          root, CelSource.newBuilder().build(), words.references, words.types);
    }
  }

  private static final class Writer {

    private final CelAbstractSyntaxTree tree;
    private final List<String> words = new ArrayList<>();

    Writer(CelAbstractSyntaxTree tree) {
      this.tree = tree;
    }

    void node(CelExpr node) throws ExpressionException {
      switch (node.getKind()) {
        case CONSTANT -> constant(node);
        case IDENT -> {
          words.add(tree.getReference(node.id()).isPresent() ? "variable" : "local");
          words.add(encoded(name(node)));
        }
        case CALL -> call(node);
        case LIST -> {
          words.add("list");
          words.add(Integer.toString(node.list().elements().size()));
          all(node.list().elements());
        }
        case COMPREHENSION -> loop(node.comprehension());
        default -> throw unknown(node, "a map, a message or a field");
      }
      if (words.size() > MOST_NODES) {
        throw unknown(node, "too many parts");
      }
    }

    /** The variable that the checker has found behind a name, whatever the name. */
    private String name(CelExpr node) {
      return tree.getReference(node.id())
          .map(CelReference::name)
          .filter(name -> !name.isEmpty())
          .orElse(node.ident().name());
    }

    private void constant(CelExpr node) throws ExpressionException {
      CelConstant constant = node.constant();
      switch (constant.getKind()) {
        case BOOLEAN_VALUE -> words.addAll(List.of("bool", "" + constant.booleanValue()));
        case INT64_VALUE -> words.addAll(List.of("int", "" + constant.int64Value()));
        case STRING_VALUE -> words.addAll(List.of("string", encoded(constant.stringValue())));
        default -> throw unknown(node, "a constant that is neither bool, int nor string");
      }
    }

    private void call(CelExpr node) throws ExpressionException {
      CelExpr.CelCall call = node.call();
      List<String> overloads =
          tree.getReference(node.id())
              .<List<String>>map(CelReference::overloadIds)
              .orElse(List.of());
      List<CelExpr> arguments = new ArrayList<>();
      call.target().ifPresent(arguments::add);
      arguments.addAll(call.args());
      words.add(call.target().isPresent() ? "on" : "call");
      words.add(encoded(call.function()));
      words.add(overloads.size() == 1 ? encoded(overloads.getFirst()) : NONE);
      words.add(Integer.toString(arguments.size()));
      all(arguments);
    }

    private void loop(CelExpr.CelComprehension loop) throws ExpressionException {
      words.add("loop");
      words.add(encoded(loop.iterVar()));
      words.add(loop.iterVar2().isEmpty() ? NONE : encoded(loop.iterVar2()));
      words.add(encoded(loop.accuVar()));
      all(
          List.of(
              loop.iterRange(),
              loop.accuInit(),
              loop.loopCondition(),
              loop.loopStep(),
              loop.result()));
    }

    private void all(List<CelExpr> nodes) throws ExpressionException {
      for (CelExpr node : nodes) {
        node(node);
      }
    }

    private ExpressionException unknown(CelExpr node, String what) {
      CelSource source = tree.getSource();
      CelSourceLocation place =
          Optional.ofNullable(source.getPositionsMap().get(node.id()))
              .flatMap(source::getOffsetLocation)
              .orElse(CelSourceLocation.of(1, 0));
      return new ExpressionException(
          "it has " + what + "; policies know bool, int, string and lists",
          "",
          place.getLine(),
          place.getColumn() + 1);
    }
  }

  private static final class Words {

    private final String[] words;
    private final Set<String> functions;
    private final Map<Long, CelReference> references = new HashMap<>();
    private final Map<Long, CelType> types = new HashMap<>();
    private int next;
    private long ids;

    Words(String[] words, Set<String> functions) {
      this.words = words;
      this.functions = functions;
    }

    CelExpr node(int depth) {
      if (depth > MOST_DEPTH) {
        throw new IllegalArgumentException("deeper than " + MOST_DEPTH);
      }
      long id = ++ids;
      String kind = word();
      return switch (kind) {
        case "bool" -> CelExpr.ofConstant(id, CelConstant.ofValue(word().equals("true")));
        case "int" -> CelExpr.ofConstant(id, CelConstant.ofValue(Long.parseLong(word())));
        case "string" -> CelExpr.ofConstant(id, CelConstant.ofValue(decoded(word())));
        case "variable" -> {
          String name = decoded(word());
          references.put(id, CelReference.newBuilder().setName(name).build());
          // Only that it is no type by name matters to the planner.
          types.put(id, SimpleType.DYN);
          yield CelExpr.ofIdent(id, name);
        }
        case "local" -> CelExpr.ofIdent(id, decoded(word()));
        case "call", "on" -> call(id, kind.equals("on"), depth);
        case "list" -> CelExpr.ofList(id, nodes(count(), depth), ImmutableList.of());
        case "loop" -> {
          String element = decoded(word());
          String second = word();
          String result = decoded(word());
          ImmutableList<CelExpr> parts = nodes(5, depth);
          yield CelExpr.ofComprehension(
              id,
              element,
              second.equals(NONE) ? "" : decoded(second),
              parts.get(0),
              result,
              parts.get(1),
              parts.get(2),
              parts.get(3),
              parts.get(4));
        }
        default -> throw new IllegalArgumentException("no node is called " + kind);
      };
    }

    private CelExpr call(long id, boolean onTarget, int depth) {
      String function = decoded(word());
      String overload = word();
      functions.add(function);
      if (!overload.equals(NONE)) {
        references.put(
            id, CelReference.newBuilder().setName("").addOverloadIds(decoded(overload)).build());
      }
      ImmutableList<CelExpr> arguments = nodes(count(), depth);
      return onTarget
          ? CelExpr.ofCall(
              id, Optional.of(arguments.get(0)), function, arguments.subList(1, arguments.size()))
          : CelExpr.ofCall(id, Optional.empty(), function, arguments);
    }

    private ImmutableList<CelExpr> nodes(int count, int depth) {
      ImmutableList.Builder<CelExpr> nodes = ImmutableList.builder();
      for (int i = 0; i < count; i++) {
        nodes.add(node(depth + 1));
      }
      return nodes.build();
    }

    private int count() {
      int count = Integer.parseInt(word());
      if (count < 0 || count > words.length - next) {
        throw new IllegalArgumentException("a count of " + count);
      }
      return count;
    }

    private String word() {
      if (next == words.length) {
        throw new IllegalArgumentException("it ends early");
      }
      return words[next++];
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static String decoded(String word) {
    return URLDecoder.decode(word, StandardCharsets.UTF_8);
  }
}
