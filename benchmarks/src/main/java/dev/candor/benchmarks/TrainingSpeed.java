package dev.candor.benchmarks;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.models.SambaYTraining;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.Optimiser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Training steps of a SambaY with AdamW: our side of {@code benchmarks/training}. Arguments: a
 * config.json, sequences a step, tokens of each, threads, seconds. Prints tokens per second.
 */
public final class TrainingSpeed {

  /** Steps that are not measured, in which code is compiled. */
  private static final int WARM_UP = 20;

  private final TrainableModel model;
  private final WorkerPool pool;
  private final TrainableModel.Worker[] workers;
  private final TokenBatch[] shards;
  private final float[][] gradients;
  private final Optimiser optimiser;

  private TrainingSpeed(SambaYConfig config, int sequences, int length, int threads) {
    Arithmetic arithmetic = Arithmetic.with(KernelSelector.choose().kernels());
    SambaYTraining sambaY = new SambaYTraining(config, arithmetic);
    sambaY.initialise(1);
    model = sambaY;
    pool = new PersistentWorkerPool(threads);
    workers = new TrainableModel.Worker[threads];
    shards = new TokenBatch[threads];
    gradients = new float[threads][model.layout().size()];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < threads; i++) {
      workers[i] = model.newWorker();
      shards[i] = batch(random, config.vocabulary(), sequences / threads, length);
    }
    optimiser = new AdamW(model.layout(), AdamW.Settings.USUAL);
  }

  private static TokenBatch batch(
      SplittableRandom random, int vocabulary, int sequences, int length) {
    int[] starts = new int[sequences + 1];
    Arrays.setAll(starts, i -> i * length);
    int tokens = sequences * length;
    return new TokenBatch(
        random.ints(tokens, 0, vocabulary).toArray(),
        random.ints(tokens, 0, vocabulary).toArray(),
        starts);
  }

  private void step() {
    float scale = 1f / (shards.length * shards[0].targetCount());
    pool.run(
        shards.length,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            Arrays.fill(gradients[i], 0);
            workers[i].addGradient(shards[i], scale, gradients[i]);
          }
        });
    for (int i = 1; i < shards.length; i++) {
      for (int j = 0; j < gradients[0].length; j++) {
        gradients[0][j] += gradients[i][j];
      }
    }
    optimiser.step(model.values(), gradients[0], 1e-3, pool);
    model.valuesChanged();
  }

  public static void main(String[] arguments) throws IOException {
    JsonObject json;
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      json = Json.parseObject(in, Json.Limits.CONFIG, "config.json");
    }
    int sequences = Integer.parseInt(arguments[1]);
    int length = Integer.parseInt(arguments[2]);
    int threads = Integer.parseInt(arguments[3]);
    double seconds = Double.parseDouble(arguments[4]);
    TrainingSpeed speed = new TrainingSpeed(SambaYConfig.of(json), sequences, length, threads);
    for (int i = 0; i < WARM_UP; i++) {
      speed.step();
    }
    long started = System.nanoTime();
    int steps = 0;
    while ((System.nanoTime() - started) / 1e9 < seconds) {
      speed.step();
      steps++;
    }
    double elapsed = (System.nanoTime() - started) / 1e9;
    System.out.printf("%.1f%n", steps * (double) sequences * length / elapsed);
    speed.pool.close();
  }
}
