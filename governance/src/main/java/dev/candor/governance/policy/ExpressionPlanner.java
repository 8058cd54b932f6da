package dev.candor.governance.policy;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelContainer;
import dev.cel.common.CelOptions;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.values.CelValueConverter;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.DefaultDispatcher;
import dev.cel.runtime.Program;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import dev.cel.runtime.planner.ProgramPlanner;
import dev.cel.runtime.standard.AddOperator;
import dev.cel.runtime.standard.CelStandardFunction;
import dev.cel.runtime.standard.ContainsFunction;
import dev.cel.runtime.standard.DivideOperator;
import dev.cel.runtime.standard.EndsWithFunction;
import dev.cel.runtime.standard.EqualsOperator;
import dev.cel.runtime.standard.GreaterEqualsOperator;
import dev.cel.runtime.standard.GreaterOperator;
import dev.cel.runtime.standard.InOperator;
import dev.cel.runtime.standard.IndexOperator;
import dev.cel.runtime.standard.LessEqualsOperator;
import dev.cel.runtime.standard.LessOperator;
import dev.cel.runtime.standard.LogicalNotOperator;
import dev.cel.runtime.standard.MatchesFunction;
import dev.cel.runtime.standard.ModuloOperator;
import dev.cel.runtime.standard.MultiplyOperator;
import dev.cel.runtime.standard.NegateOperator;
import dev.cel.runtime.standard.NotEqualsOperator;
import dev.cel.runtime.standard.NotStrictlyFalseFunction;
import dev.cel.runtime.standard.SizeFunction;
import dev.cel.runtime.standard.StartsWithFunction;
import dev.cel.runtime.standard.SubtractOperator;
import java.util.Optional;
import java.util.Set;

/**
 * From a checked tree to a program. The planner of CEL is put together here by hand, of the
 * functions that the trees use and nothing else: the runtime as its factory gives it loads Protocol
 * Buffers, which takes 150 ms in a fresh process and makes the JVM warn about them.
 */
final class ExpressionPlanner {

  /** Longest expression, in code points. */
  static final int MOST_CODE_POINTS = 4096;

  /** Most turns of all loops of one evaluation. */
  static final int MOST_ITERATIONS = 2_000;

  static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MOST_CODE_POINTS)
          .maxParseRecursionDepth(64)
          .comprehensionMaxIterations(MOST_ITERATIONS)
          .maxRegexProgramSize(1000)
          .build();

  private final ProgramPlanner planner;

  /**
   * @param functions names of those that the trees call, operators included
   */
  ExpressionPlanner(Set<String> functions) {
    RuntimeEquality equality = RuntimeEquality.create(RuntimeHelpers.create(), OPTIONS);
    DefaultDispatcher.Builder dispatcher = DefaultDispatcher.newBuilder();
    for (String function : functions) {
      standard(function)
          .ifPresent(standard -> {
            for (CelFunctionBinding binding : standard.newFunctionBindings(OPTIONS, equality)) {
              dispatcher.addOverload(
                  function,
                  binding.getOverloadId(),
                  ImmutableList.copyOf(binding.getArgTypes()),
                  binding.isStrict(),
                  binding.getDefinition());
            }
          });
    }
    planner =
        ProgramPlanner.newPlanner(
            new NoTypes(),
            (name, fields) -> Optional.empty(),
            dispatcher.build(),
            CelValueConverter.getDefaultInstance(),
            CelContainer.ofName(""),
            OPTIONS,
            ImmutableSet.of());
  }

  /**
   * The program of a tree, which may be run by several threads.
   *
   * @throws IllegalArgumentException if the tree was not checked
   */
  Program plan(CelAbstractSyntaxTree tree) {
    try {
      return planner.plan(tree);
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException("not a checked expression", e);
    }
  }

  /** Empty for those that the planner knows by itself. */
  private static Optional<CelStandardFunction> standard(String function) {
    return switch (function) {
      case "!_" -> Optional.of(LogicalNotOperator.create());
      case "@not_strictly_false" -> Optional.of(NotStrictlyFalseFunction.create());
      case "_==_" -> Optional.of(EqualsOperator.create());
      case "_!=_" -> Optional.of(NotEqualsOperator.create());
      case "_<_" -> Optional.of(LessOperator.create());
      case "_<=_" -> Optional.of(LessEqualsOperator.create());
      case "_>_" -> Optional.of(GreaterOperator.create());
      case "_>=_" -> Optional.of(GreaterEqualsOperator.create());
      case "@in" -> Optional.of(InOperator.create());
      case "_[_]" -> Optional.of(IndexOperator.create());
      case "size" -> Optional.of(SizeFunction.create());
      case "_+_" -> Optional.of(AddOperator.create());
      case "_-_" -> Optional.of(SubtractOperator.create());
      case "_*_" -> Optional.of(MultiplyOperator.create());
      case "_/_" -> Optional.of(DivideOperator.create());
      case "_%_" -> Optional.of(ModuloOperator.create());
      case "-_" -> Optional.of(NegateOperator.create());
      case "startsWith" -> Optional.of(StartsWithFunction.create());
      case "endsWith" -> Optional.of(EndsWithFunction.create());
      case "contains" -> Optional.of(ContainsFunction.create());
      case "matches" -> Optional.of(MatchesFunction.create());
      default -> Optional.empty();
    };
  }

  /** Expressions know no types by name. */
  private static final class NoTypes implements CelTypeProvider {

    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.of();
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.empty();
    }
  }
}
