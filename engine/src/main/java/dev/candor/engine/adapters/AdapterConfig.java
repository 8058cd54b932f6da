package dev.candor.engine.adapters;

import dev.candor.engine.AdapterException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code adapter_config.json} of Hugging Face's PEFT says of a LoRA. A setting that would
 * change what is computed, and that is not supported, is refused; so is one that is not known.
 *
 * @param rank r, of every layer
 * @param alpha the changes are scaled by alpha / r, or by alpha / √r
 * @param rankStabilised whether it is √r (rsLoRA, arXiv 2312.03732)
 * @param targets last parts of the names of the layers that are changed; empty if the file says it
 *     by a pattern, or for some of the model's layers only
 * @param baseModel what the model is called, for people; may be empty
 */
public record AdapterConfig(
    int rank, double alpha, boolean rankStabilised, List<String> targets, String baseModel) {

  static final String FILE = "adapter_config.json";

  private static final int HIGHEST_RANK = 4096;

  /** Read here, or without effect on what a trained adapter computes. */
  private static final Set<String> KNOWN =
      Set.of(
          "peft_type",
          "task_type",
          "r",
          "lora_alpha",
          "target_modules",
          "exclude_modules",
          "use_rslora",
          "bias",
          "fan_in_fan_out",
          "init_lora_weights",
          "layers_to_transform",
          "layers_pattern",
          "base_model_name_or_path",
          "auto_mapping",
          "peft_version",
          "revision",
          "inference_mode",
          "lora_dropout",
          "megatron_core",
          "eva_config",
          "loftq_config",
          "qalora_group_size");

  /** Ways to begin that leave the model's weights as they are. */
  private static final Set<Object> BEGINNINGS =
      Set.of(true, false, "gaussian", "eva", "orthogonal");

  public AdapterConfig {
    targets = List.copyOf(targets);
  }

  static AdapterConfig of(JsonObject json) {
    requireOnly(json, "peft_type", json.string("peft_type"), Set.of("LORA"));
    requireOnly(
        json,
        "task_type",
        json.optionalString("task_type").orElse("CAUSAL_LM"),
        Set.of("CAUSAL_LM"));
    requireOnly(json, "bias", json.optionalString("bias").orElse("none"), Set.of("none"));
    requireOnly(json, "fan_in_fan_out", json.bool("fan_in_fan_out", false), Set.of(false));
    requireOnly(
        json, "init_lora_weights", json.value("init_lora_weights").orElse(true), BEGINNINGS);
    for (Map.Entry<String, Object> member : json.members().entrySet()) {
      if (!KNOWN.contains(member.getKey()) && isSet(member.getValue())) {
        throw unsupported(member.getKey(), member.getValue(), "leave it out");
      }
    }
    return new AdapterConfig(
        json.integer("r", 1, HIGHEST_RANK),
        json.number("lora_alpha"),
        json.bool("use_rslora", false),
        targets(json),
        json.optionalString("base_model_name_or_path").orElse(""));
  }

  private static List<String> targets(JsonObject json) {
    boolean isPattern = json.value("target_modules").orElse("") instanceof String;
    boolean isPartial =
        json.value("exclude_modules").filter(AdapterConfig::isSet).isPresent()
            || json.has("layers_to_transform");
    return isPattern || isPartial ? List.of() : json.strings("target_modules");
  }

  private static boolean isSet(Object value) {
    return switch (value) {
      case Boolean bool -> bool;
      case List<?> elements -> !elements.isEmpty();
      case JsonObject object -> !object.members().isEmpty();
      default -> value != Json.NULL;
    };
  }

  private static void requireOnly(JsonObject json, String key, Object found, Set<?> allowed) {
    if (!allowed.contains(found)) {
      throw unsupported(
          key,
          found,
          "use " + String.join(" or ", allowed.stream().map(String::valueOf).sorted().toList()));
    }
  }

  private static AdapterException unsupported(String key, Object value, String instead) {
    String shown = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
    return new AdapterException(
        "unsupported",
        FILE
            + ": "
            + key
            + " is "
            + (shown.length() > 100 ? shown.substring(0, 100) + "…" : shown)
            + ", which is unsupported",
        "Train a plain LoRA of the linear layers: for " + key + ", " + instead + ".");
  }

  /** What changes are scaled by: s. */
  public float scaling() {
    return (float) (alpha / (rankStabilised ? Math.sqrt(rank) : rank));
  }

  /** Whether a layer of this name is one of the targets, as PEFT tells it. */
  boolean isTarget(String layer) {
    return targets.stream()
        .anyMatch(target -> layer.equals(target) || layer.endsWith("." + target));
  }

  /** As PEFT reads them. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("peft_type", "LORA");
    members.put("task_type", "CAUSAL_LM");
    members.put("base_model_name_or_path", baseModel);
    members.put("r", rank);
    members.put("lora_alpha", alpha == Math.rint(alpha) ? (Object) (long) alpha : alpha);
    members.put("use_rslora", rankStabilised);
    members.put("target_modules", new ArrayList<>(targets));
    members.put("bias", "none");
    members.put("fan_in_fan_out", false);
    members.put("lora_dropout", 0.0);
    members.put("inference_mode", true);
    return members;
  }
}
