package dev.candor.governance.policy;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.policy.RuleTrace.Outcome;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which requests may be served; docs/reference/policy.md describes its file. A rule that denies
 * wins over one that allows, what nothing allows is denied, and so is a request for which a rule
 * has no value. A policy is a function of its input: it knows no time and no state.
 *
 * <p>Its file has at most {@value PolicyReader#MOST_BYTES} bytes and {@value
 * PolicyReader#MOST_RULES} rules, an expression {@value ExpressionPlanner#MOST_CODE_POINTS}
 * characters. Safe for use by several threads.
 */
public final class Policy {

  private static final String STANDARD = "default-policy.yaml";
  private static final String STANDARD_COMPILED = "default-policy.compiled";

  private final CompiledPolicy compiled;
  private final List<Program> programs;

  private Policy(CompiledPolicy compiled) {
    this.compiled = compiled;
    ExpressionForm.Reader reader = new ExpressionForm.Reader();
    List<CelAbstractSyntaxTree> trees = compiled.forms().stream().map(reader::read).toList();
    ExpressionPlanner planner = new ExpressionPlanner(reader.functions());
    programs = trees.stream().map(planner::plan).toList();
  }

  /**
   * Reads a policy and checks it as a whole, expressions included.
   *
   * @throws GovernanceException {@code governance.policy-too-large}, {@code
   *     governance.policy-malformed}, {@code governance.policy-key} or {@code
   *     governance.policy-expression}, naming the line
   */
  public static Policy parse(String yaml) {
    return parse(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /** The same, of the bytes of a file. */
  public static Policy parse(byte[] yaml) {
    return of(CompiledPolicy.of(yaml));
  }

  /**
   * A policy that is compiled already.
   *
   * @throws IllegalArgumentException if its forms are not those of expressions
   */
  static Policy of(CompiledPolicy compiled) {
    return new Policy(compiled);
  }

  /** The policy that is in force where nobody has put another. It lies here compiled. */
  public static Policy standard() {
    return of(
        CompiledPolicy.parse(new String(resource(STANDARD_COMPILED), StandardCharsets.UTF_8)));
  }

  /** The file of {@link #standard}. */
  public static byte[] standardText() {
    return resource(STANDARD);
  }

  /** SHA-256 of its file, 64 lower-case hexadecimal digits. */
  public String digest() {
    return compiled.digest();
  }

  /** What it is called. */
  public String name() {
    return compiled.document().name();
  }

  /** Uses that are never served. */
  public List<RefusedUse> refused() {
    return compiled.document().refused();
  }

  /** In the order of the file, denying ones first. */
  public List<PolicyRule> rules() {
    return compiled.document().rules();
  }

  /** Decides about a request. Every rule is evaluated, so that all can be explained. */
  public PolicyVerdict decide(PolicyInput input) {
    Map<String, Object> values = PolicyVariable.values(input);
    List<RuleTrace> trace = new ArrayList<>(programs.size());
    for (int i = 0; i < programs.size(); i++) {
      trace.add(evaluate(compiled.document().rules().get(i), programs.get(i), values));
    }
    for (RefusedUse use : compiled.document().refused()) {
      if (use.purpose().equals(input.request().purpose())) {
        return new PolicyVerdict(
            false,
            PolicyVerdict.REFUSED_USE,
            use.purpose() + " is never served (" + use.basis() + "): " + use.reason(),
            trace);
      }
    }
    return firstOf(trace, RuleEffect.DENY, Outcome.TRUE, Outcome.FAILED)
        .or(() -> firstOf(trace, RuleEffect.ALLOW, Outcome.FAILED))
        .or(() -> firstOf(trace, RuleEffect.ALLOW, Outcome.TRUE))
        .orElseGet(() ->
            new PolicyVerdict(
                false,
                PolicyVerdict.DEFAULT_DENY,
                "no rule of the policy '" + name() + "' allows it",
                trace));
  }

  private Optional<PolicyVerdict> firstOf(
      List<RuleTrace> trace, RuleEffect effect, Outcome... outcomes) {
    for (int i = 0; i < trace.size(); i++) {
      RuleTrace rule = trace.get(i);
      if (rule.effect() != effect || !List.of(outcomes).contains(rule.outcome())) {
        continue;
      }
      boolean failed = rule.outcome() == Outcome.FAILED;
      return Optional.of(
          new PolicyVerdict(
              !failed && effect == RuleEffect.ALLOW,
              rule.rule(),
              failed
                  ? "rule " + rule.rule() + " has no value: " + rule.failure().orElse("")
                  : compiled.document().rules().get(i).reason(),
              trace));
    }
    return Optional.empty();
  }

  private static RuleTrace evaluate(PolicyRule rule, Program program, Map<String, Object> values) {
    try {
      Object value = program.eval(values);
      if (value instanceof Boolean truth) {
        return new RuleTrace(
            rule.id(), rule.effect(), truth ? Outcome.TRUE : Outcome.FALSE, Optional.empty());
      }
      return failed(rule, "it is no bool");
    } catch (CelEvaluationException | RuntimeException e) {
      return failed(rule, String.valueOf(e.getMessage()));
    }
  }

  private static RuleTrace failed(PolicyRule rule, String why) {
    return new RuleTrace(rule.id(), rule.effect(), Outcome.FAILED, Optional.of(why));
  }

  private static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(Policy.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
