package dev.candor.engine.generation;

import dev.candor.engine.WeightsException;
import dev.candor.engine.weights.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a model is called in records. Of a file: its SHA-256, as {@code sha256sum} prints it. Of a
 * folder: the SHA-256 of what {@code sha256sum} prints for the files that the engine reads, in the
 * order of their names, a line for each. So it is the same in the store of models and where the
 * folder came from, whatever else lies there:
 *
 * <pre>LC_ALL=C; sha256sum chat_template.* config.json generation_config.json model.safetensors \
 *     tokenizer.json tokenizer_config.json | sha256sum</pre>
 *
 * as far as they are there; without a {@code model.safetensors}, {@code *.safetensors} and {@code
 * model.safetensors.index.json} in its place.
 */
public final class ModelDigest {

  /** What the engine reads besides weights. */
  private static final Set<String> SIDE_FILES =
      Set.of(
          "chat_template.jinja",
          "chat_template.json",
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json");

  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private ModelDigest() {}

  /** Whether weights may be read from a file of this name: any that an index may name. */
  private static boolean isWeights(String name, Collection<String> all) {
    return all.contains(WHOLE)
        ? name.equals(WHOLE)
        : name.equals(INDEX) || name.endsWith(".safetensors");
  }

  /**
   * Of a folder whose files' digests are known.
   *
   * @param files name to SHA-256, 64 lower-case hexadecimal digits; those that are no part of a
   *     model are passed over
   * @return 64 lower-case hexadecimal digits
   */
  public static String ofFolder(Map<String, String> files) {
    MessageDigest lines = sha256();
    for (String name : parts(files.keySet())) {
      lines.update((files.get(name) + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(lines.digest());
  }

  /** Those that a model is made of, by name. */
  static List<String> parts(Collection<String> names) {
    return names.stream()
        .filter(name -> SIDE_FILES.contains(name) || isWeights(name, names))
        .sorted()
        .toList();
  }

  /**
   * Of an opened model; of a packed file it is the one that the file says, of what was packed.
   *
   * @return 64 lower-case hexadecimal digits
   */
  public static String of(Checkpoint checkpoint) {
    return checkpoint.sourceDigest().orElseGet(() -> of(checkpoint.path()));
  }

  /** 64 lower-case hexadecimal digits. */
  static String of(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        return HexFormat.of().formatHex(ofFile(path));
      }
      List<String> names;
      try (Stream<Path> entries = Files.list(path)) {
        names = entries.map(entry -> entry.getFileName().toString()).toList();
      }
      Map<String, String> files = new HashMap<>();
      for (String name : parts(names)) {
        files.put(name, HexFormat.of().formatHex(ofFile(path.resolve(name))));
      }
      return ofFolder(files);
    } catch (IOException | UncheckedIOException e) {
      throw new WeightsException(
          "unreadable",
          "cannot read " + path.getFileName() + ": " + e.getMessage(),
          "Check that the model's files are there and may be read.");
    }
  }

  static byte[] ofFile(Path file) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
    }
    return digest.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
