package dev.candor.engine.adapters;

import dev.candor.engine.AdapterException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Documents of a folder, and what the folder is called in records. */
final class AdapterFiles {

  private static final Json.Limits LIMITS = new Json.Limits(1 << 20, 16, 20_000);

  private AdapterFiles() {}

  static JsonObject read(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new AdapterException(
          "missing-file",
          folder + " has no file " + name,
          "Give the folder that training, or PEFT, has written.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, LIMITS, name);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new AdapterException(
          "unwritable",
          folder + " cannot be made: " + e.getMessage(),
          "Check that its parent exists and may be written.");
    }
  }

  /** Writes a document; one of this name is replaced in one step. */
  static void write(Path folder, String name, Map<String, ?> members) {
    try {
      Path part = folder.resolve(name + "." + UUID.randomUUID() + ".partial");
      Files.writeString(part, JsonText.of(members) + "\n");
      Files.move(
          part,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new AdapterException(
          "unwritable",
          folder.resolve(name) + " cannot be written: " + e.getMessage(),
          "Check that the folder may be written and has room.");
    }
  }

  /**
   * The SHA-256 of what {@code sha256sum} prints for these files of a folder, a line for each; 64
   * lower-case hexadecimal digits.
   */
  static String digest(Path folder, List<String> names) {
    MessageDigest lines = sha256();
    for (String name : names) {
      lines.update(
          (fileDigest(folder.resolve(name)) + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(lines.digest());
  }

  private static String fileDigest(Path file) {
    MessageDigest digest = sha256();
    byte[] chunk = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static AdapterException unreadable(Path file, IOException e) {
    return new AdapterException(
        "unreadable",
        file + " cannot be read: " + e.getMessage(),
        "Check that the file is there and may be read.");
  }
}
