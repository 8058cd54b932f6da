package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A Hugging Face model folder: config.json, generation_config.json, and the weights as one
 * model.safetensors or in shards that model.safetensors.index.json lists.
 */
public final class SafetensorsFolder implements Checkpoint {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  /** Most shards of a model. */
  private static final int MAXIMUM_SHARDS = 1_000;

  private final Path path;
  private final Arena arena;
  private final JsonObject config;
  private final JsonObject generationConfig;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Tensors of types no kernel computes with, such as buffers of position ids: name to type. */
  private final Map<String, String> unread = new LinkedHashMap<>();

  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this, see close()
  private SafetensorsFolder(Path path, Path folder) {
    this.path = path;
    this.config = document(folder, "config.json");
    this.generationConfig =
        Files.exists(folder.resolve("generation_config.json"))
            ? document(folder, "generation_config.json")
            : new JsonObject(Map.of(), "generation_config.json");
    this.arena = Arena.ofShared();
  }

  /** Whether the folder has weights of this form. */
  static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(SINGLE)) || Files.exists(folder.resolve(INDEX));
  }

  /** Opens a folder. */
  public static SafetensorsFolder open(Path folder) {
    return open(
        folder,
        folder,
        opened -> {
          if (Files.exists(folder.resolve(SINGLE))) {
            opened.add(WeightsFile.member(folder, SINGLE));
          } else {
            opened.addShards(folder);
          }
        });
  }

  /** Opens a single weights file of any name that has a config.json beside it. */
  static SafetensorsFolder openFile(Path file) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    return open(file, folder, opened -> opened.add(file));
  }

  private interface Step {
    void run(SafetensorsFolder opened);
  }

  private static SafetensorsFolder open(Path path, Path folder, Step addWeights) {
    SafetensorsFolder opened = new SafetensorsFolder(path, folder);
    try {
      addWeights.run(opened);
      opened.architecture();
      return opened;
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  static JsonObject document(Path folder, String name) {
    Path file = WeightsFile.member(folder, name);
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(
          "not-a-file", name + " is not a regular file", "Use a complete model folder.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, Json.Limits.CONFIG, name);
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    }
  }

  /** Bytes of all tensors, from the headers only. */
  static long weightBytes(Path folder) {
    Set<String> names =
        Files.exists(folder.resolve(SINGLE)) ? Set.of(SINGLE) : shards(fileOfEachTensor(folder));
    long bytes = 0;
    for (String name : names) {
      try (WeightsFile file = WeightsFile.open(WeightsFile.member(folder, name))) {
        bytes += SafetensorsHeader.read(file).weightBytes();
      }
    }
    return bytes;
  }

  private static Map<String, Object> fileOfEachTensor(Path folder) {
    return document(folder, INDEX)
        .object("weight_map")
        .map(JsonObject::members)
        .orElseThrow(() -> malformed("weight_map is missing"));
  }

  private static Set<String> shards(Map<String, Object> fileOfEachTensor) {
    Set<String> shards = new LinkedHashSet<>();
    for (Object file : fileOfEachTensor.values()) {
      shards.add(String.valueOf(file));
      if (shards.size() > MAXIMUM_SHARDS) {
        throw malformed("more than " + MAXIMUM_SHARDS + " shards");
      }
    }
    return shards;
  }

  private void addShards(Path folder) {
    Map<String, Object> files = fileOfEachTensor(folder);
    Set<String> shards = shards(files);
    for (String shard : shards) {
      for (String name : add(WeightsFile.member(folder, shard))) {
        if (!shard.equals(files.get(name))) {
          throw malformed("tensor " + name + " is in " + shard + ", the index does not say so");
        }
      }
    }
    for (Map.Entry<String, Object> entry : files.entrySet()) {
      if (!tensors.containsKey(entry.getKey()) && !unread.containsKey(entry.getKey())) {
        throw malformed(
            "tensor " + WeightsFile.printable(entry.getKey()) + " is not in " + entry.getValue());
      }
    }
  }

  /** Maps one weights file; gives the names of its tensors. */
  private Set<String> add(Path path) {
    SafetensorsFile.Contents contents = SafetensorsFile.Contents.map(path, arena);
    tensors.putAll(contents.tensors());
    unread.putAll(contents.unread());
    Set<String> names = new LinkedHashSet<>(contents.tensors().keySet());
    names.addAll(contents.unread().keySet());
    return names;
  }

  private static WeightsException malformed(String problem) {
    return new WeightsException(
        "malformed", INDEX + ": " + problem, "Download the whole model folder again.");
  }

  @Override
  public Convention convention() {
    return Convention.HUGGING_FACE;
  }

  @Override
  public String architecture() {
    return config.string("model_type");
  }

  @Override
  public JsonObject config() {
    return config;
  }

  @Override
  public JsonObject generationConfig() {
    return generationConfig;
  }

  @Override
  public Optional<Tensor> tensor(String name) {
    String type = unread.get(name);
    if (type != null) {
      throw new WeightsException(
          "unsupported",
          path.getFileName()
              + ": tensor "
              + name
              + " is of type "
              + type
              + ", which no kernel reads",
          "Use weights of type F32, F16 or BF16.");
    }
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public Collection<Tensor> tensors() {
    return tensors.values();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
