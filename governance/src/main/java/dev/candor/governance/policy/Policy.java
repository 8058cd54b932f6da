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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
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

  private static final String DEFAULT = "default-policy.yaml";

  private final String digest;
  private final PolicyDocument document;
  private final List<Program> programs;

  private Policy(String digest, PolicyDocument document, List<Program> programs) {
    this.digest = digest;
    this.document = document;
    this.programs = programs;
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
    PolicyDocument document = PolicyReader.read(yaml);
    ExpressionCompiler compiler = new ExpressionCompiler();
    CalledFunctions functions = new CalledFunctions();
    List<CelAbstractSyntaxTree> trees = new ArrayList<>();
    for (PolicyRule rule : document.rules()) {
      try {
        CelAbstractSyntaxTree tree = compiler.compile(rule.when());
        functions.add(tree.getExpr());
        trees.add(tree);
      } catch (ExpressionException e) {
        throw new GovernanceException(
            "policy-expression",
            "line %d: rule %s: %s (line %d, column %d of its expression)"
                .formatted(rule.line(), rule.id(), e.getMessage(), e.line(), e.column()),
            "Correct the expression; docs/reference/policy.md lists variables and functions.",
            e);
      }
    }
    ExpressionPlanner planner = new ExpressionPlanner(functions.names());
    List<Program> programs = new ArrayList<>();
    for (CelAbstractSyntaxTree tree : trees) {
      try {
        programs.add(planner.plan(tree));
      } catch (CelEvaluationException e) {
        throw new IllegalStateException("a checked expression cannot be planned", e);
      }
    }
    return new Policy(sha256(yaml), document, List.copyOf(programs));
  }

  /** The policy that is in force where nobody has put another. */
  public static Policy standard() {
    return parse(standardText());
  }

  /** Its file. */
  public static byte[] standardText() {
    try (InputStream in = Objects.requireNonNull(Policy.class.getResourceAsStream(DEFAULT))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SHA-256 of its file, 64 lower-case hexadecimal digits. */
  public String digest() {
    return digest;
  }

  /** What it is called. */
  public String name() {
    return document.name();
  }

  /** Uses that are never served. */
  public List<RefusedUse> refused() {
    return document.refused();
  }

  /** In the order of the file, denying ones first. */
  public List<PolicyRule> rules() {
    return document.rules();
  }

  /** Decides about a request. Every rule is evaluated, so that all can be explained. */
  public PolicyVerdict decide(PolicyInput input) {
    Map<String, Object> values = PolicyVariable.values(input);
    List<RuleTrace> trace = new ArrayList<>(programs.size());
    for (int i = 0; i < programs.size(); i++) {
      trace.add(evaluate(document.rules().get(i), programs.get(i), values));
    }
    for (RefusedUse use : document.refused()) {
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
                  : document.rules().get(i).reason(),
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

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
