package dev.candor.cli;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a tokenizer comes from. */
final class TokenizerSource {

  private TokenizerSource() {}

  /**
   * Opens a tokenizer.
   *
   * @param source a model's name, a folder with tokenizer.json, a tokenizer.json, or a GGUF file;
   *     nothing for the default model
   */
  static Tokenizer open(Streams streams, @Nullable String source) {
    Path path =
        source != null && source.endsWith(".json")
            ? Path.of(source)
            : LoadedModel.resolve(streams, source).weights();
    if (path.toString().endsWith(".json") || Files.exists(path.resolve("tokenizer.json"))) {
      return TokenizerJson.open(path);
    }
    try (LanguageModel model = LanguageModel.open(path, LoadOptions.defaults().withThreads(1))) {
      return model.tokenizer();
    }
  }
}
