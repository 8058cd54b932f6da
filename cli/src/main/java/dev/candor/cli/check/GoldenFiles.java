package dev.candor.cli.check;

import dev.candor.engine.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the JSON files that say what a reference made of something. */
public final class GoldenFiles {

  private GoldenFiles() {}

  /** The document, as {@link Json#parse} gives it. */
  public static Object read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parse(in, Json.Limits.TOKENIZER, String.valueOf(file.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
