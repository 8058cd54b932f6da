package dev.candor.cli.check;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.EncoderModel;
import dev.candor.engine.weights.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a model with golden outputs of a reference implementation: {@code golden.json}, which
 * says what was asked and the tolerance, and {@code golden.safetensors}, which holds the expected
 * values.
 *
 * <p>Of a decoder, for each prompt: the logits of every position; that one token at a time gives
 * the bits of the whole prompt at once; the greedy continuation. Of an encoder, for each case: the
 * logits, the pooled vector, the label. On a failure, a finding names the first result on the way
 * through the layers that differs.
 */
public final class GoldenCheck {

  private GoldenCheck() {}

  /**
   * Loads the model of a checkpoint and checks it.
   *
   * @param folder holds golden.json and golden.safetensors
   * @throws dev.candor.engine.EngineException if the model or a golden file cannot be read
   */
  public static List<Finding> run(Path folder, Checkpoint checkpoint, Compute compute) {
    return Architectures.isEncoder(checkpoint.architecture())
        ? run(folder, Architectures.loadEncoder(checkpoint, compute))
        : run(folder, Architectures.load(checkpoint, compute));
  }

  /** Checks a decoder. */
  public static List<Finding> run(Path folder, CausalModel model) {
    JsonObject golden = document(folder);
    DecoderCheck check =
        new DecoderCheck(
            model,
            GoldenTensors.read(folder.resolve("golden.safetensors")),
            (float) golden.number("tolerance_hint"));
    List<Finding> findings = new ArrayList<>();
    for (JsonObject prompt : objects(golden, "prompts")) {
      findings.addAll(
          check.check(prompt.string("name"), integers(prompt, "ids"), integers(prompt, "greedy")));
    }
    return findings;
  }

  /** Checks an encoder. */
  public static List<Finding> run(Path folder, EncoderModel model) {
    JsonObject golden = document(folder);
    EncoderCheck check =
        new EncoderCheck(
            model,
            GoldenTensors.read(folder.resolve("golden.safetensors")),
            (float) golden.number("tolerance_hint"));
    List<Finding> findings = new ArrayList<>();
    for (JsonObject one : objects(golden, "cases")) {
      findings.addAll(check.check(one));
    }
    return findings;
  }

  private static JsonObject document(Path folder) {
    Path file = folder.resolve("golden.json");
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, Json.Limits.CONFIG, file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonObject> objects(JsonObject document, String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : document.list(key).orElseThrow(() -> malformed(key))) {
      if (!(element instanceof JsonObject object)) {
        throw malformed(key);
      }
      objects.add(object);
    }
    if (objects.isEmpty()) {
      // A check that compares nothing must not pass.
      throw malformed(key);
    }
    return objects;
  }

  static int[] integers(JsonObject object, String key) {
    List<Object> elements = object.list(key).orElseThrow(() -> malformed(key));
    int[] integers = new int[elements.size()];
    for (int i = 0; i < integers.length; i++) {
      if (!(elements.get(i) instanceof Long number) || number != number.intValue()) {
        throw malformed(key);
      }
      integers[i] = number.intValue();
    }
    return integers;
  }

  private static ConfigException malformed(String key) {
    return new ConfigException(
        "wrong-type",
        "golden.json: " + key + " is missing, empty or not of the kind expected",
        "Use a complete golden file.");
  }
}
