package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An opened safetensors folder as a source, with the documents of its tokenizer beside it. */
record FolderSource(Checkpoint checkpoint, Path folder) implements WeightSource {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
  private static final String CHAT_TEMPLATE = "chat_template.jinja";

  /** Longest chat template. */
  private static final long TEMPLATE_BYTES = 1 << 20;

  /** A mapped tensor, read row by row. */
  private record MappedTensor(Tensor tensor) implements SourceTensor {

    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public List<Integer> shape() {
      return tensor.shape().isEmpty() ? List.of(1) : tensor.shape();
    }

    @Override
    public void readRow(long row, float[] out) {
      int columns = shape().getLast();
      BlockFormat format = tensor.format();
      long bytes = format.bytes(columns);
      MemorySegment data = tensor.data().asSlice(row * bytes, bytes);
      switch (format) {
        case F32 -> MemorySegment.copy(data, Quantizer.FLOAT, 0, out, 0, columns);
        case F16 -> {
          for (int j = 0; j < columns; j++) {
            out[j] = Float.float16ToFloat(data.get(Quantizer.SHORT, 2L * j));
          }
        }
        case BF16 -> {
          for (int j = 0; j < columns; j++) {
            out[j] = Float.intBitsToFloat(data.get(Quantizer.SHORT, 2L * j) << 16);
          }
        }
        default ->
            throw new WeightsException(
                "unsupported",
                "tensor " + tensor.name() + " is " + format + ", already quantised",
                "Convert from the model as published, at F32, F16 or BF16.");
      }
    }
  }

  @Override
  public String name() {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  @Override
  public JsonObject config() {
    return checkpoint.config();
  }

  @Override
  public JsonObject generationConfig() {
    return checkpoint.generationConfig();
  }

  @Override
  public List<SourceTensor> tensors() {
    return checkpoint.tensors().stream().<SourceTensor>map(MappedTensor::new).toList();
  }

  @Override
  public Optional<TokenizerFiles> tokenizerFiles() {
    if (!Files.exists(folder.resolve(TOKENIZER))) {
      return Optional.empty();
    }
    JsonObject tokenizer = document(TOKENIZER, Json.Limits.TOKENIZER);
    JsonObject tokenizerConfig =
        Files.exists(folder.resolve(TOKENIZER_CONFIG))
            ? document(TOKENIZER_CONFIG, Json.Limits.CONFIG)
            : new JsonObject(Map.of(), TOKENIZER_CONFIG);
    Optional<String> template = chatTemplate();
    return Optional.of(new Documents(tokenizer, tokenizerConfig, template));
  }

  private record Documents(
      JsonObject tokenizer, JsonObject tokenizerConfig, Optional<String> chatTemplate)
      implements TokenizerFiles {}

  private JsonObject document(String name, Json.Limits limits) {
    Path file = WeightsFile.member(folder, name);
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, limits, name);
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    }
  }

  private Optional<String> chatTemplate() {
    if (!Files.exists(folder.resolve(CHAT_TEMPLATE))) {
      return Optional.empty();
    }
    Path file = WeightsFile.member(folder, CHAT_TEMPLATE);
    try {
      if (Files.size(file) > TEMPLATE_BYTES) {
        throw new WeightsException(
            "too-large",
            CHAT_TEMPLATE + " is longer than " + TEMPLATE_BYTES + " bytes",
            "Use a file within the limits; this one may be malicious.");
      }
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw WeightsFile.unreadable(file, e);
    }
  }
}
