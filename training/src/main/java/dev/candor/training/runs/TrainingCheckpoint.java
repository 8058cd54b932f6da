package dev.candor.training.runs;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.weights.SafetensorsFile;
import dev.candor.engine.weights.SafetensorsWriter;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import dev.candor.engine.weights.Tensor;
import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.Optimiser;
import dev.candor.training.optimisers.Optimiser.Moment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A run that can go on: a folder {@code checkpoints/step-N} with the model as {@link ModelFolder}
 * has it, the optimiser's moments in {@code optimiser.safetensors}, and everything else in {@code
 * run.json}. It is whole and on disk, or not there.
 *
 * <p>A run goes on with a recipe if it agrees with the checkpoint's in everything that has decided
 * its weights, see {@link Recipe#used}; then it gives the same bits as one that was never
 * interrupted. The number of workers decides nothing.
 */
public final class TrainingCheckpoint {

  private static final String FOLDER = "checkpoints";
  private static final String MOMENTS = "optimiser.safetensors";
  private static final String RUN = "run.json";
  private static final long FORMAT = 1;
  private static final Json.Limits LIMITS = new Json.Limits(256L << 20, 8, 10_000_000);

  private final Path out;
  private final RunIdentity identity;
  private final ModelWriter folder;

  /**
   * @param out the folder of the run
   */
  public TrainingCheckpoint(Path out, RunIdentity identity, ModelWriter folder) {
    this.out = out;
    this.identity = identity;
    this.folder = folder;
  }

  /** The newest of a run. */
  public static Optional<Path> newest(Path out) {
    List<Path> all = all(out);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** All of a run, oldest first. */
  private static List<Path> all(Path out) {
    Path folder = out.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("step-[0-9]{10}"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Saves a run.
   *
   * @param kept so many are kept, the older ones removed
   * @return the checkpoint
   */
  public Path write(TrainableModel model, Optimiser optimiser, RunState state, int kept) {
    String name = String.format("step-%010d", state.step());
    Path target = out.resolve(FOLDER).resolve(name);
    if (Files.isDirectory(target)) {
      // The same recipe gives the same bits: it is there already.
      return target;
    }
    Path partial = out.resolve(FOLDER).resolve(name + ".partial");
    DurableFiles.remove(partial);
    try {
      Files.createDirectories(partial);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folder.write(partial, model);
    List<FloatTensor> moments = new ArrayList<>();
    for (Moment moment : optimiser.moments()) {
      moments.addAll(ModelFolder.tensors(moment.name() + ".", moment.layout(), moment.values()));
    }
    SafetensorsWriter.write(partial.resolve(MOMENTS), moments);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("format", FORMAT);
    run.put("step", state.step());
    run.put("tokens", state.position().tokens());
    run.put("optimiserSteps", optimiser.steps());
    run.put("exercises", state.position().exercises());
    run.put("recipeDigest", identity.recipeDigest());
    run.put("used", identity.used(state.position().tokens()));
    Map<String, Object> digests = new LinkedHashMap<>();
    for (String file : List.of(ModelFolder.WEIGHTS, MOMENTS)) {
      digests.put(file, ContentDigest.of(partial.resolve(file)));
    }
    run.put("sha256", digests);
    run.put("history", state.history().members());
    DurableFiles.write(
        partial.resolve(RUN), (JsonText.of(run) + "\n").getBytes(StandardCharsets.UTF_8));
    DurableFiles.publish(partial, target);
    List<Path> all = all(out);
    all.subList(0, Math.max(0, all.size() - kept)).forEach(DurableFiles::remove);
    return target;
  }

  /**
   * Goes on from a checkpoint: puts values and moments where they belong.
   *
   * @throws TrainingException {@code training.other-recipe} with all that differs, {@code
   *     training.checkpoint-damaged}
   */
  public RunState restore(Path checkpoint, TrainableModel model, Optimiser optimiser) {
    JsonObject run = document(checkpoint.resolve(RUN));
    if (run.optionalInteger("format").orElse(0) != FORMAT) {
      throw damaged(checkpoint, "it is not of format " + FORMAT);
    }
    long tokens = whole(checkpoint, run, "tokens");
    requireSameRecipe(checkpoint, run, tokens);
    JsonObject digests = run.object("sha256").orElseThrow(() -> damaged(checkpoint, "no digests"));
    for (String file : List.of(ModelFolder.WEIGHTS, MOMENTS)) {
      if (!ContentDigest.of(checkpoint.resolve(file)).equals(digests.string(file))) {
        throw damaged(checkpoint, file + " is not what was written");
      }
    }
    try (SafetensorsFile values = SafetensorsFile.open(checkpoint.resolve(ModelFolder.WEIGHTS));
        SafetensorsFile moments = SafetensorsFile.open(checkpoint.resolve(MOMENTS))) {
      fill(checkpoint, values, "", model.layout(), model.values());
      for (Moment moment : optimiser.moments()) {
        fill(checkpoint, moments, moment.name() + ".", moment.layout(), moment.values());
      }
    }
    model.valuesChanged();
    optimiser.restoreSteps(whole(checkpoint, run, "optimiserSteps"));
    return new RunState(
        whole(checkpoint, run, "step"),
        new StepSource.Position(tokens, whole(checkpoint, run, "exercises")),
        LossHistory.of(run.object("history").orElseThrow(() -> damaged(checkpoint, "no history"))));
  }

  private void requireSameRecipe(Path checkpoint, JsonObject run, long tokens) {
    Map<String, Object> then =
        run.object("used").orElseThrow(() -> damaged(checkpoint, "no recipe")).members();
    Map<String, String> now = identity.used(tokens);
    List<String> differences = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>(then.keySet());
    keys.addAll(now.keySet());
    for (String key : keys) {
      Object before = then.getOrDefault(key, "nothing");
      String after = now.getOrDefault(key, "nothing");
      if (!before.equals(after)) {
        differences.add(key + " was " + before + ", is " + after);
      }
    }
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "other-recipe",
          checkpoint.getFileName()
              + " was made by another recipe: "
              + String.join("; ", differences),
          "Go on with the recipe that it was made by, or begin in another folder (--out).");
    }
  }

  private static void fill(
      Path checkpoint, SafetensorsFile file, String prefix, ParameterLayout layout, float[] into) {
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      String name = prefix + tensor.name();
      Tensor stored =
          file.tensor(name)
              .orElseThrow(() -> damaged(checkpoint, "the tensor " + name + " is missing"));
      if (!stored.shape().equals(tensor.shape())) {
        throw damaged(
            checkpoint, name + " has the shape " + stored.shape() + ", not " + tensor.shape());
      }
      System.arraycopy(stored.floats(), 0, into, tensor.offset(), tensor.size());
    }
  }

  private static JsonObject document(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, LIMITS, RUN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long whole(Path checkpoint, JsonObject json, String key) {
    return json.optionalInteger(key).orElseThrow(() -> damaged(checkpoint, RUN + " has no " + key));
  }

  private static TrainingException damaged(Path checkpoint, String problem) {
    return new TrainingException(
        "checkpoint-damaged",
        checkpoint.getFileName() + ": " + problem,
        "Remove this checkpoint and go on from the one before, or begin again.");
  }
}
