package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.RecordedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a program finds out about a model by looking at it; no person writes it.
 *
 * @param model as {@link DigestTuple#model}
 * @param weights SHA-256 of the bytes as they lie here, packed or not
 * @param quantisation as {@link DigestTuple#quantisation}
 * @param tokenizer as {@link DigestTuple#tokenizer}
 * @param template as {@link DigestTuple#template}
 * @param profile as {@link DigestTuple#profile}
 * @param architecture Hugging Face {@code model_type}
 * @param parameters how many numbers its weights are
 * @param runtime version of the program that looked
 */
public record ModelBuild(
    String model,
    String weights,
    String quantisation,
    String tokenizer,
    String template,
    String profile,
    String architecture,
    String parameters,
    String runtime) {

  /** The names of its values, in their order. */
  public static final List<String> NAMES =
      List.of(
          "model",
          "weights",
          "quantisation",
          "tokenizer",
          "template",
          "profile",
          "architecture",
          "parameters",
          "runtime");

  /** Any policy: the others are checked as parts of a tuple. */
  private static final String SOME_POLICY = "0".repeat(64);

  private static final int MOST = 128;

  public ModelBuild {
    var _ = new DigestTuple(model, quantisation, tokenizer, template, SOME_POLICY, profile);
    if (!weights.matches("[0-9a-f]{64}")) {
      throw new GovernanceException(
          "inventory-build",
          "weights of a build is not 64 lower-case hexadecimal digits",
          "Let candor inventory init write it.");
    }
    RecordedText.line("architecture", architecture, MOST);
    RecordedText.line("parameters", parameters, MOST);
    RecordedText.line("runtime", runtime, MOST);
  }

  /** What evidence about it is bound to under a policy. */
  public DigestTuple tuple(String policy) {
    return new DigestTuple(model, quantisation, tokenizer, template, policy, profile);
  }

  /** Its values by their names, in their order. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("model", model);
    values.put("weights", weights);
    values.put("quantisation", quantisation);
    values.put("tokenizer", tokenizer);
    values.put("template", template);
    values.put("profile", profile);
    values.put("architecture", architecture);
    values.put("parameters", parameters);
    values.put("runtime", runtime);
    return values;
  }

  /**
   * Of values by their names.
   *
   * @throws GovernanceException {@code governance.inventory-build} if one is missing
   */
  public static ModelBuild of(Map<String, String> values) {
    for (String name : NAMES) {
      if (!values.containsKey(name)) {
        throw new GovernanceException(
            "inventory-build",
            "a build has no " + name,
            "Let candor inventory init write it, or leave build out.");
      }
    }
    return new ModelBuild(
        values.getOrDefault("model", ""),
        values.getOrDefault("weights", ""),
        values.getOrDefault("quantisation", ""),
        values.getOrDefault("tokenizer", ""),
        values.getOrDefault("template", ""),
        values.getOrDefault("profile", ""),
        values.getOrDefault("architecture", ""),
        values.getOrDefault("parameters", ""),
        values.getOrDefault("runtime", ""));
  }

  /**
   * What makes another model of it, by names: {@link NAMES}, save those that follow from others and
   * how the weights lie, which changes no bit of an answer.
   */
  public List<String> changes(ModelBuild before) {
    List<String> changes = new ArrayList<>();
    Map<String, String> then = before.values();
    values()
        .forEach((name, value) -> {
          if (!name.equals("weights") && !value.equals(then.get(name))) {
            changes.add(name);
          }
        });
    return changes;
  }
}
