package dev.candor.engine.generation;

import dev.candor.engine.WeightsException;
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
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a model is called in records. Of a file: its SHA-256, as {@code sha256sum} prints it. Of a
 * folder: the SHA-256 of what {@code sha256sum} prints for its {@code *.json}, {@code *.jinja},
 * {@code *.model} and {@code *.safetensors} files in the order of their names, a line for each;
 * that is
 *
 * <pre>LC_ALL=C; sha256sum *.jinja *.json *.model *.safetensors | sort -k 2 | sha256sum</pre>
 */
final class ModelDigest {

  private static final List<String> SUFFIXES = List.of(".json", ".jinja", ".model", ".safetensors");

  private ModelDigest() {}

  /** 64 lower-case hexadecimal digits. */
  static String of(Path path) {
    try {
      if (!Files.isDirectory(path)) {
        return HexFormat.of().formatHex(ofFile(path));
      }
      MessageDigest lines = sha256();
      List<String> names;
      try (Stream<Path> entries = Files.list(path)) {
        names =
            entries
                .map(entry -> entry.getFileName().toString())
                .filter(name -> SUFFIXES.stream().anyMatch(name::endsWith))
                .sorted()
                .toList();
      }
      for (String name : names) {
        String line = HexFormat.of().formatHex(ofFile(path.resolve(name))) + "  " + name + "\n";
        lines.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(lines.digest());
    } catch (IOException | UncheckedIOException e) {
      throw new WeightsException(
          "unreadable",
          "cannot read " + path.getFileName() + ": " + e.getMessage(),
          "Check that the model's files are there and may be read.");
    }
  }

  private static byte[] ofFile(Path file) throws IOException {
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
