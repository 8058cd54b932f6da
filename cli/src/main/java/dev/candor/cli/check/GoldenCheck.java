package dev.candor.cli.check;

import dev.candor.engine.ConfigException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.EncoderModel;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.engine.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a model with the outputs of a reference implementation.
 *
 * <p>A folder holds {@code golden.json}, which says what was asked and the tolerance, {@code
 * golden.safetensors} with the expected values, and perhaps {@code tokenizer_golden.json}. A
 * released model is compared with one JSON file; see {@link RealModelCheck}.
 */
public final class GoldenCheck {

  private GoldenCheck() {}

  /**
   * Loads the model of a checkpoint, checks it, and its tokenizer if there is a golden file for it.
   *
   * @param folder holds the golden files, and tokenizer.json if there is tokenizer_golden.json
   * @throws dev.candor.engine.EngineException if the model or a golden file cannot be read
   */
  public static CheckReport report(Path folder, Checkpoint checkpoint, Compute compute) {
    List<Finding> findings = new ArrayList<>(run(folder, checkpoint, compute));
    Path tokenizerGolden = folder.resolve("tokenizer_golden.json");
    if (Files.exists(tokenizerGolden)) {
      TokenizerCheck texts = new TokenizerCheck(TokenizerJson.open(folder));
      texts.run(GoldenFiles.read(tokenizerGolden));
      findings.add(texts.finding("tokenizer", "texts"));
    }
    return new CheckReport(
        folder.toString(), checkpoint.architecture(), profile(compute), findings);
  }

  /** Loads the model of a checkpoint and checks it alone. */
  public static List<Finding> run(Path folder, Checkpoint checkpoint, Compute compute) {
    return Architectures.isEncoder(checkpoint.architecture())
        ? run(folder, Architectures.loadEncoder(checkpoint, compute))
        : run(folder, Architectures.load(checkpoint, compute));
  }

  /** Checks a decoder. */
  public static List<Finding> run(Path folder, CausalModel model) {
    JsonObject golden = document(folder.resolve("golden.json"));
    try (GoldenTensors tensors = new GoldenTensors(folder.resolve("golden.safetensors"))) {
      return new DecoderCheck(model, golden, tensors).run();
    }
  }

  /** Checks an encoder. */
  public static List<Finding> run(Path folder, EncoderModel model) {
    JsonObject golden = document(folder.resolve("golden.json"));
    try (GoldenTensors tensors = new GoldenTensors(folder.resolve("golden.safetensors"))) {
      return new EncoderCheck(model, golden, tensors).run();
    }
  }

  /**
   * Checks a released model.
   *
   * @param weights what was opened
   * @param cacheFormat how it keeps keys and values
   * @param golden the JSON file of its reference
   * @param profile the arithmetic in words
   */
  public static CheckReport report(
      Path weights, LanguageModel model, BlockFormat cacheFormat, Path golden, String profile) {
    return new CheckReport(
        weights.toString(),
        model.architecture(),
        profile,
        new RealModelCheck(model, cacheFormat, document(golden)).run());
  }

  /** The arithmetic in words. */
  public static String profile(Compute compute) {
    int threads = compute.pool().threads();
    return compute.kernels().name()
        + " kernels, "
        + threads
        + (threads == 1 ? " thread" : " threads");
  }

  private static JsonObject document(Path file) {
    if (GoldenFiles.read(file) instanceof JsonObject object) {
      return object;
    }
    throw new ConfigException(
        "malformed",
        file + ": not a JSON object",
        "Use a golden file as the fixtures' README describes it.");
  }
}
