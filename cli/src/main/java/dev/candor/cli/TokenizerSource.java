package dev.candor.cli;

import dev.candor.engine.generation.CheckpointTokenizer;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.engine.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a tokenizer comes from. */
final class TokenizerSource {

  private TokenizerSource() {}

  /**
   * Opens a tokenizer. Of a model only what its tokenizer is made of is read.
   *
   * @param source a model's name, a folder with tokenizer.json, a tokenizer.json, or a GGUF file;
   *     nothing for the default model
   */
  static Tokenizer open(Streams streams, @Nullable String source) {
    Path path =
        source != null && source.endsWith(".json")
            ? Path.of(source)
            : LoadedModel.resolve(streams, source).weights();
    // A vocabulary may come without weights.
    if (path.toString().endsWith(".json") || Files.exists(path.resolve("tokenizer.json"))) {
      return TokenizerJson.open(path);
    }
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return CheckpointTokenizer.of(checkpoint);
    }
  }
}
