package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonObject;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A GGUF file, version 2 or 3. Tensors and hyperparameters of the architectures that the engine
 * runs carry their Hugging Face names; others keep those of the file. Tensors that hold factors of
 * rotary frequencies are part of {@link #config}, not of {@link #tensors}.
 */
public final class GgufFile implements Checkpoint {

  private static final Set<String> PART_OF_CONFIG =
      Set.of(GgufConfig.FREQUENCIES, GgufConfig.LONG_FACTORS, GgufConfig.SHORT_FACTORS);

  private final Path path;
  private final Arena arena;
  private final MemorySegment mapped;
  private final GgufHeader header;
  private final String architecture;
  private final GgufValues values;
  private final JsonObject config;
  private final JsonObject generationConfig;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this, see close()
  private GgufFile(Path path) {
    this.path = path;
    this.arena = Arena.ofShared();
    try (WeightsFile file = WeightsFile.open(path)) {
      this.header = GgufHeader.read(file);
      this.mapped = file.map(0, file.size(), arena);
      this.values = new GgufValues(file.name(), header.entries(), mapped);
      this.architecture = modelType(file.name());
      for (GgufHeader.TensorEntry entry : header.tensors()) {
        Tensor tensor =
            new Tensor(
                huggingFaceName(entry.name()),
                entry.format(),
                entry.shape(),
                mapped.asSlice(header.dataOffset() + entry.offset(), entry.bytes()),
                entry.layout());
        stored.put(entry.name(), tensor);
        if (!PART_OF_CONFIG.contains(entry.name()) && tensors.put(tensor.name(), tensor) != null) {
          throw file.malformed("two tensors are called " + tensor.name());
        }
      }
      this.config = GgufConfig.config(architecture, values, stored, file.name());
      this.generationConfig = GgufConfig.generationConfig(values, file.name());
      requireEqualCounts(file);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws dev.candor.engine.EngineException if it is malformed, unsupported, or changes meanwhile
   */
  public static GgufFile open(Path path) {
    return new GgufFile(path);
  }

  private String modelType(String fileName) {
    if (values.integer("split.count").orElse(1) > 1) {
      throw new WeightsException(
          "unsupported",
          fileName + " is one part of a model that was split, which is unsupported",
          "Join the parts with llama-gguf-split --merge.");
    }
    return GgufHyperparameters.modelType(
        values
            .string("general.architecture")
            .orElseThrow(() ->
                new WeightsException(
                    "malformed",
                    fileName + ": general.architecture is missing",
                    "Use a GGUF file that holds a model.")),
        values.singles());
  }

  private String huggingFaceName(String name) {
    return GgufTensorNames.of(architecture)
        .flatMap(names -> names.toHuggingFace(name))
        .orElse(name);
  }

  /** Scores and types belong to tokens one by one. */
  private void requireEqualCounts(WeightsFile file) {
    long tokens = values.count("tokenizer.ggml.tokens").orElse(0);
    for (String key : Set.of("tokenizer.ggml.scores", "tokenizer.ggml.token_type")) {
      long count = values.count(key).orElse(tokens);
      if (count != tokens) {
        throw file.malformed(key + " has " + count + " elements for " + tokens + " tokens");
      }
    }
  }

  /** The key-value section by the file's own keys: what a tokenizer is made of. */
  public GgufValues values() {
    return values;
  }

  /**
   * SHA-256 of values of the key-value section, by their keys in ascending order: of a text's
   * UTF-8, of an array's elements and of a number as the file has them.
   *
   * @param prefix what the keys begin with
   */
  public SortedMap<String, String> valueDigests(String prefix) {
    SortedMap<String, String> digests = new TreeMap<>();
    header
        .entries()
        .forEach((key, entry) -> {
          if (key.startsWith(prefix)) {
            MessageDigest sha256 = WeightsDigest.sha256();
            if (entry.type() == GgufValueType.STRING && !entry.isArray()) {
              sha256.update(values.string(key).orElseThrow().getBytes(StandardCharsets.UTF_8));
            } else {
              WeightsDigest.update(
                  sha256, mapped.asSlice(entry.begin(), entry.end() - entry.begin()));
            }
            digests.put(key, HexFormat.of().formatHex(sha256.digest()));
          }
        });
    return digests;
  }

  /** SHA-256 of the whole file, of the very bytes that are mapped. */
  public String mappedDigest() {
    MessageDigest sha256 = WeightsDigest.sha256();
    WeightsDigest.update(sha256, mapped);
    return HexFormat.of().formatHex(sha256.digest());
  }

  /** What the file says before its weights begin. */
  GgufHeader header() {
    return header;
  }

  /** The whole file. */
  MemorySegment mapped() {
    return mapped;
  }

  /** Every tensor, by its name in the file. */
  Map<String, Tensor> stored() {
    return Collections.unmodifiableMap(stored);
  }

  @Override
  public Optional<String> sourceDigest() {
    return header.sourceDigest();
  }

  @Override
  public Convention convention() {
    return Convention.GGUF;
  }

  @Override
  public String architecture() {
    return architecture;
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
