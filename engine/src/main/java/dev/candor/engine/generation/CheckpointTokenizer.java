package dev.candor.engine.generation;

import dev.candor.engine.tokenizers.GgufTokenizer;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The tokenizer that belongs to a checkpoint, of a decoder or an encoder alike. */
public final class CheckpointTokenizer {

  private CheckpointTokenizer() {}

  /**
   * Reads it from the metadata of a GGUF file, else from tokenizer.json beside the weights. The
   * network is not touched, and the tokenizer outlives the checkpoint.
   *
   * @throws dev.candor.engine.EngineException if there is none, or it is malformed or unsupported
   */
  public static Tokenizer of(Checkpoint checkpoint) {
    return checkpoint instanceof GgufFile gguf
        ? GgufTokenizer.of(gguf.values().plain(GgufTokenizer.KEYS))
        : TokenizerJson.open(folder(checkpoint));
  }

  /** Where the files lie that belong to a checkpoint: its folder, or that of its weights file. */
  static Path folder(Checkpoint checkpoint) {
    Path absolute = checkpoint.path().toAbsolutePath();
    return Files.isDirectory(absolute)
        ? absolute
        : Optional.ofNullable(absolute.getParent()).orElse(absolute);
  }
}
