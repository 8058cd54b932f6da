package dev.candor.cli;

import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a tokenizer comes from. */
final class TokenizerSource {

  private TokenizerSource() {}

  /** Opens the tokenizer of a folder or file. */
  static Tokenizer open(Streams streams, @Nullable String source) {
    if (source == null) {
      throw new CommandException(
          "tokenizer.none", "no tokenizer is given", "Give one with --tokenizer.");
    }
    return TokenizerJson.open(Path.of(source));
  }
}
