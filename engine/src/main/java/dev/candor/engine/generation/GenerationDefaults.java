package dev.candor.engine.generation;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.weights.Checkpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What config.json and generation_config.json say about generating. */
final class GenerationDefaults {

  /**
   * Control tokens that end a turn in the chats of known models, for files whose list of end tokens
   * has only the one that ends a text.
   */
  private static final List<String> TURN_ENDS =
      List.of("<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>");

  /** Hugging Face's top-k where a file asks for draws and does not say. */
  private static final int USUAL_TOP_K = 50;

  /** The mark of DeepSeek-R1 and all that learnt from it, Phi-4-mini-flash-reasoning among them. */
  static final String THINKING_END = "</think>";

  /** Our key of generation_config.json: false for a model that answers at once. */
  private static final String THINKING = "candor_thinking";

  private GenerationDefaults() {}

  /**
   * The text that ends the model's thinking. Phi-4-mini-flash-reasoning thinks although its
   * template does not say so.
   */
  static Optional<String> thinkingEnd(
      Checkpoint checkpoint, Tokenizer tokenizer, Optional<String> template) {
    boolean known =
        checkpoint.architecture().equals("phi4flash")
            || tokenizer.id(THINKING_END).isPresent()
            || template.filter(source -> source.contains(THINKING_END)).isPresent();
    return checkpoint.generationConfig().bool(THINKING, known)
        ? Optional.of(THINKING_END)
        : Optional.empty();
  }

  /** The ids that end an answer. */
  static Set<Integer> endTokens(
      JsonObject config, JsonObject generation, Tokenizer tokenizer, int vocabulary) {
    Set<Integer> ends = new HashSet<>();
    for (JsonObject document : List.of(config, generation)) {
      Object value = document.value("eos_token_id").orElse(List.of());
      for (Object id : value instanceof List<?> several ? several : List.of(value)) {
        if (!(id instanceof Long number) || number < 0 || number >= vocabulary) {
          throw new ConfigException(
              "out-of-range",
              "eos_token_id is " + id + ", allowed is 0 to " + (vocabulary - 1),
              "Use a file whose eos_token_id is in the vocabulary.");
        }
        ends.add(number.intValue());
      }
    }
    for (String spelling : TURN_ENDS) {
      OptionalInt id = tokenizer.id(spelling);
      if (id.isPresent() && id.getAsInt() < vocabulary && tokenizer.isSpecial(id.getAsInt())) {
        ends.add(id.getAsInt());
      }
    }
    return ends;
  }

  /**
   * The sampling that the file advises: draws if it says {@code do_sample}, or says nothing of that
   * and gives a temperature; else greedy.
   */
  static SamplingOptions sampling(JsonObject generation) {
    if (!generation.bool("do_sample", generation.has("temperature"))) {
      return SamplingOptions.GREEDY;
    }
    int usual = generation.has("do_sample") ? USUAL_TOP_K : 0;
    return new SamplingOptions(
        (float) generation.number("temperature", 1),
        generation.integer("top_k", 0, Integer.MAX_VALUE, usual),
        (float) generation.number("top_p", 1),
        (float) generation.number("min_p", 0),
        (float) generation.number("repetition_penalty", 1),
        0,
        0,
        Map.of(),
        0);
  }
}
