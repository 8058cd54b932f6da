package dev.candor.training.layers;

/** What PEFT calls the factors of an adapter in {@code adapter_model.safetensors}. */
public final class AdapterNames {

  private static final String PREFIX = "base_model.model.";

  private AdapterNames() {}

  /**
   * A, [r, in].
   *
   * @param linear the name of the linear layer, such as {@code model.layers.0.self_attn.q_proj}
   */
  public static String a(String linear) {
    return PREFIX + linear + ".lora_A.weight";
  }

  /** Whether a tensor of this name is an adapter's. */
  static boolean isFactor(String tensor) {
    return tensor.startsWith(PREFIX);
  }

  /** B, [out, r]. */
  public static String b(String linear) {
    return PREFIX + linear + ".lora_B.weight";
  }
}
