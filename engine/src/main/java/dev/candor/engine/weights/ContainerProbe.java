package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds out which container a path is, by content. */
final class ContainerProbe {

  private ContainerProbe() {}

  static Checkpoint open(Path path) {
    if (Files.isDirectory(path)) {
      return openFolder(path);
    }
    ByteBuffer head;
    try (WeightsFile file = WeightsFile.open(path)) {
      head = file.read(0, (int) Math.min(file.size(), 9), "magic").order(ByteOrder.LITTLE_ENDIAN);
    }
    String magic =
        head.remaining() < 4 ? "" : StandardCharsets.ISO_8859_1.decode(head.slice(0, 4)).toString();
    if (magic.equals("GGUF")) {
      return GgufFile.open(path);
    }
    if (head.remaining() == 9 && head.get(8) == '{') {
      return SafetensorsFolder.openFile(path);
    }
    throw unrecognised(
        path,
        magic.startsWith("PK")
            ? "it is a zip archive"
            : "it begins with none of the marks of GGUF, safetensors or ONNX");
  }

  private static Checkpoint openFolder(Path folder) {
    if (SafetensorsFolder.isOne(folder)) {
      return SafetensorsFolder.open(folder);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> single =
          entries.filter(file -> file.toString().endsWith(".gguf")).limit(2).toList();
      if (single.size() == 1) {
        return open(single.getFirst());
      }
    } catch (IOException e) {
      throw WeightsFile.unreadable(folder, e);
    }
    throw unrecognised(
        folder, "the folder holds no model.safetensors, model.safetensors.index.json or *.gguf");
  }

  private static WeightsException unrecognised(Path path, String why) {
    return new WeightsException(
        "unrecognised",
        path.getFileName() + " is not a model: " + why,
        "Give a GGUF file, or a folder with config.json and model.safetensors; an archive is added"
            + " with \"candor models add\".");
  }
}
