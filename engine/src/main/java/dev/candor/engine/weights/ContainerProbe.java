package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds out which container a path is, by content. */
final class ContainerProbe {

  private enum Container {
    GGUF,
    SAFETENSORS_FILE,
    SAFETENSORS_FOLDER,
    ONNX
  }

  private record Found(Container container, Path path) {}

  private ContainerProbe() {}

  static Checkpoint open(Path path) {
    Checkpoint checkpoint = open(find(path));
    try {
      FiniteWeights.requireSampled(checkpoint);
      return checkpoint;
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  private static Checkpoint open(Found found) {
    return switch (found.container()) {
      case GGUF -> GgufFile.open(found.path());
      case SAFETENSORS_FILE -> SafetensorsFolder.openFile(found.path());
      case SAFETENSORS_FOLDER -> SafetensorsFolder.open(found.path());
      case ONNX -> OnnxInitialisers.open(found.path());
    };
  }

  /** Bytes of all weights, from headers only; nothing is mapped. */
  static long weightBytes(Path path) {
    Found found = find(path);
    if (found.container() == Container.SAFETENSORS_FOLDER) {
      return SafetensorsFolder.weightBytes(found.path());
    }
    try (WeightsFile file = WeightsFile.open(found.path())) {
      return switch (found.container()) {
        case GGUF -> GgufHeader.read(file).weightBytes();
        case ONNX -> OnnxInitialisers.weightBytes(file);
        case SAFETENSORS_FILE, SAFETENSORS_FOLDER -> SafetensorsHeader.read(file).weightBytes();
      };
    }
  }

  private static Found find(Path path) {
    if (Files.isDirectory(path)) {
      return findInFolder(path);
    }
    ByteBuffer head;
    try (WeightsFile file = WeightsFile.open(path)) {
      head = file.read(0, (int) Math.min(file.size(), 9), "magic");
    }
    String magic =
        head.remaining() < 4 ? "" : StandardCharsets.ISO_8859_1.decode(head.slice(0, 4)).toString();
    if (magic.equals("GGUF")) {
      return new Found(Container.GGUF, path);
    }
    if (head.remaining() == 9 && head.get(8) == '{') {
      return new Found(Container.SAFETENSORS_FILE, path);
    }
    // The field ir_version of an ONNX model, a small number, and then a field of bytes or another
    // number.
    if (head.remaining() == 9
        && head.get(0) == 8
        && head.get(1) > 0
        && head.get(1) < 64
        && (head.get(2) & 5) == 0) {
      return new Found(Container.ONNX, path);
    }
    throw unrecognised(
        path,
        magic.startsWith("PK")
            ? "it is a zip archive"
            : "it begins with none of the marks of GGUF, safetensors or ONNX");
  }

  private static Found findInFolder(Path folder) {
    if (SafetensorsFolder.isOne(folder)) {
      return new Found(Container.SAFETENSORS_FOLDER, folder);
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> single =
          entries.filter(file -> file.toString().endsWith(".gguf")).limit(2).toList();
      if (single.size() == 1) {
        return find(single.getFirst());
      }
    } catch (IOException e) {
      throw WeightsFile.unreadable(folder, e);
    }
    for (String onnx : List.of("model.onnx", "onnx/model.onnx")) {
      if (Files.isRegularFile(folder.resolve(onnx))) {
        return find(folder.resolve(onnx));
      }
    }
    throw unrecognised(
        folder,
        "the folder holds no model.safetensors, model.safetensors.index.json, model.onnx and not"
            + " one *.gguf");
  }

  private static WeightsException unrecognised(Path path, String why) {
    return new WeightsException(
        "unrecognised",
        path.getFileName() + " is not a model: " + why,
        "Give a GGUF file, or a folder with config.json and model.safetensors; an archive is added"
            + " with \"candor models add\".");
  }
}
