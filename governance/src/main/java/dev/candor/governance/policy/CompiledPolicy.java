package dev.candor.governance.policy;

import static dev.candor.governance.policy.ExpressionForm.decoded;
import static dev.candor.governance.policy.ExpressionForm.encoded;

import dev.candor.governance.GovernanceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A policy whose expressions are checked, as a text that is read in a fresh process in a tenth of
 * the time that compiling takes. One line each: the version, the digest of the policy file, the
 * name, the refused uses, the rules.
 *
 * @param digest SHA-256 of the policy file
 * @param document what it says
 * @param forms of its rules, in their order: see {@link ExpressionForm}
 */
record CompiledPolicy(String digest, PolicyDocument document, List<String> forms) {

  /** Changes with the form, the version of CEL that checks expressions, and the variables. */
  private static final String VERSION =
      "candor-compiled-policy/1 cel-0.14.0 "
          + sha256(PolicyVariable.table().getBytes(StandardCharsets.UTF_8)).substring(0, 16);

  private static final int MOST_CHARACTERS = 16 << 20;

  CompiledPolicy {
    forms = List.copyOf(forms);
  }

  /**
   * Compiles a policy file.
   *
   * @throws GovernanceException as {@link Policy#parse(String)}
   */
  static CompiledPolicy of(byte[] yaml) {
    PolicyDocument document = PolicyReader.read(yaml);
    ExpressionCompiler compiler = new ExpressionCompiler();
    List<String> forms = new ArrayList<>();
    for (PolicyRule rule : document.rules()) {
      try {
        forms.add(ExpressionForm.write(compiler.compile(rule.when())));
      } catch (ExpressionException e) {
        throw new GovernanceException(
            "policy-expression",
            "line %d: rule %s: %s (line %d, column %d of its expression)"
                .formatted(rule.line(), rule.id(), e.getMessage(), e.line(), e.column()),
            (e.suggestion().isEmpty() ? "" : "Did you mean " + e.suggestion() + "? ")
                + "docs/reference/policy.md lists variables and functions.",
            e);
      }
    }
    return new CompiledPolicy(sha256(yaml), document, forms);
  }

  /** As it is kept. */
  String text() {
    StringBuilder text = new StringBuilder(VERSION).append('\n');
    line(text, "policy", digest);
    line(text, "name", encoded(document.name()));
    for (RefusedUse use : document.refused()) {
      line(text, "refused", use.purpose(), encoded(use.reason()), encoded(use.basis()));
    }
    for (int i = 0; i < forms.size(); i++) {
      PolicyRule rule = document.rules().get(i);
      line(
          text,
          rule.effect().key(),
          rule.id(),
          Integer.toString(rule.line()),
          encoded(rule.reason()),
          encoded(rule.when()),
          forms.get(i));
    }
    return text.toString();
  }

  /**
   * Reads what {@link #text} has given.
   *
   * @throws IllegalArgumentException if it was not, or by another version
   */
  static CompiledPolicy parse(String text) {
    if (text.length() > MOST_CHARACTERS || !text.startsWith(VERSION + "\n")) {
      throw new IllegalArgumentException("not of this version");
    }
    String digest = "";
    String name = "";
    List<RefusedUse> refused = new ArrayList<>();
    List<PolicyRule> rules = new ArrayList<>();
    List<String> forms = new ArrayList<>();
    int end;
    for (int at = VERSION.length() + 1; at < text.length(); at = end + 1) {
      end = text.indexOf('\n', at);
      if (end < 0) {
        throw new IllegalArgumentException("the last line has no end");
      }
      // Five words, and the form as it is.
      String[] words = text.substring(at, end).split(" ", 6);
      switch (words[0]) {
        case "policy" -> digest = word(words, 1);
        case "name" -> name = decoded(word(words, 1));
        case "refused" ->
            refused.add(
                new RefusedUse(word(words, 1), decoded(word(words, 2)), decoded(word(words, 3))));
        case "deny", "allow" -> {
          rules.add(
              new PolicyRule(
                  word(words, 1),
                  words[0].equals("deny") ? RuleEffect.DENY : RuleEffect.ALLOW,
                  decoded(word(words, 4)),
                  decoded(word(words, 3)),
                  Integer.parseInt(word(words, 2))));
          forms.add(word(words, 5));
        }
        default -> throw new IllegalArgumentException("no line begins with " + words[0]);
      }
    }
    return new CompiledPolicy(
        digest, new PolicyDocument(name, List.copyOf(refused), List.copyOf(rules)), forms);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String word(String[] words, int index) {
    if (index >= words.length) {
      throw new IllegalArgumentException("a line ends early");
    }
    return words[index];
  }

  private static void line(StringBuilder text, String... words) {
    text.append(String.join(" ", words)).append('\n');
  }
}
