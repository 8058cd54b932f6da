package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.weights.SafetensorsWriter;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import dev.candor.training.TrainingException;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.models.TrainableModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model as Hugging Face publishes it: config.json, generation_config.json, model.safetensors in
 * float32, tokenizer.json and tokenizer_config.json.
 *
 * @param config all of config.json
 * @param tokenizer files by name, as they are
 */
record ModelFolder(JsonObject config, JsonObject generationConfig, Map<String, byte[]> tokenizer)
    implements ModelWriter {

  static final String WEIGHTS = "model.safetensors";
  static final List<String> TOKENIZER_FILES = List.of("tokenizer.json", "tokenizer_config.json");

  private static final String END_OF_TEXT = "<|endoftext|>";

  /**
   * The documents of a model.
   *
   * @param model the hyperparameters of a recipe
   * @param folder with the tokenizer's files
   */
  static ModelFolder of(JsonObject model, Tokenizer tokenizer, Path folder) {
    int vocabulary = model.integer("vocab_size", 1, 1 << 24);
    if (tokenizer.vocabularySize() > vocabulary) {
      throw new TrainingException(
          "vocabulary-size",
          "the tokenizer has "
              + tokenizer.vocabularySize()
              + " tokens, more than model.vocab_size, "
              + vocabulary,
          "Raise vocab_size, or use a smaller tokenizer.");
    }
    int endOfText = ExerciseEncoder.special(tokenizer, END_OF_TEXT);
    int end = ExerciseEncoder.special(tokenizer, "<|end|>");
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("Phi4FlashForCausalLM"));
    config.put("model_type", "phi4flash");
    config.put("hidden_act", "silu");
    config.put("mb_per_layer", 2);
    config.put("layer_norm_eps", 1e-5);
    config.put("tie_word_embeddings", true);
    config.putAll(model.members());
    config.put("mlp_bias", false);
    config.put("lm_head_bias", false);
    config.put("attention_dropout", 0.0);
    config.put("embd_pdrop", 0.0);
    config.put("resid_pdrop", 0.0);
    config.put("initializer_range", 0.02);
    config.put("torch_dtype", "float32");
    config.put("use_cache", true);
    Map<String, Object> generation = new LinkedHashMap<>();
    for (Map<String, Object> document : List.of(config, generation)) {
      document.put("bos_token_id", endOfText);
      document.put("eos_token_id", endOfText);
      document.put("pad_token_id", endOfText);
    }
    generation.put("eos_token_id", List.of(end, endOfText));
    generation.put("candor_thinking", false);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : TOKENIZER_FILES) {
      try {
        files.put(name, Files.readAllBytes(folder.resolve(name)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new ModelFolder(
        new JsonObject(asParsed(config), "config.json"),
        new JsonObject(asParsed(generation), "generation_config.json"),
        files);
  }

  /** Numbers as a parsed document has them. */
  private static Map<String, Object> asParsed(Map<String, Object> members) {
    Map<String, Object> parsed = new LinkedHashMap<>(members);
    parsed.replaceAll((key, value) -> value instanceof Integer i ? (Object) i.longValue() : value);
    return parsed;
  }

  @Override
  public void write(Path folder, TrainableModel model) {
    DurableFiles.write(folder.resolve("config.json"), text(config));
    DurableFiles.write(folder.resolve("generation_config.json"), text(generationConfig));
    tokenizer.forEach((name, bytes) -> DurableFiles.write(folder.resolve(name), bytes));
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors("", model.layout(), model.values()));
  }

  private static byte[] text(JsonObject document) {
    return (JsonText.of(document) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The tensors of an array. */
  static List<FloatTensor> tensors(String prefix, ParameterLayout layout, float[] values) {
    return layout.tensors().stream()
        .map(tensor ->
            new FloatTensor(prefix + tensor.name(), tensor.shape(), values, tensor.offset()))
        .toList();
  }
}
