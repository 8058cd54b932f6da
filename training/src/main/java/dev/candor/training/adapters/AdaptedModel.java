package dev.candor.training.adapters;

import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.LinearLayers;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.AdapterNames;
import dev.candor.training.layers.FrozenBase;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.layers.Weights;
import dev.candor.training.models.DecoderTraining;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A model with adapters of low rank, of which only these are trained. Its weights stay where they
 * are mapped, quantised or not. Norms and biases are frozen too: layers compute their gradients
 * with the rest, and nobody uses them.
 */
public final class AdaptedModel implements TrainableModel {

  private final AdapterShape shape;
  private final List<LinearLayers.Layer> layers;
  private final ParameterLayout layout;
  private final Weights weights; // the adapters' tensors, then what is frozen and not a matrix
  private final TrainableModel decoder;
  private final float[] values;

  private AdaptedModel(
      AdapterShape shape,
      List<LinearLayers.Layer> layers,
      ParameterLayout layout,
      Weights weights,
      TrainableModel decoder) {
    this.shape = shape;
    this.layers = layers;
    this.layout = layout;
    this.weights = weights;
    this.decoder = decoder;
    this.values = new float[layout.size()];
  }

  /**
   * Adapters beside the decoder in a checkpoint. They change nothing at first: A is uniform within
   * ±1/√in, as PEFT has it, and B is 0.
   *
   * @param checkpoint must stay open as long as the model is used
   * @param compute reads the checkpoint; its kernels compute
   * @throws dev.candor.training.TrainingException {@code training.unknown-target}
   * @throws dev.candor.engine.EngineException if the engine does not run the model
   */
  public static AdaptedModel of(
      Checkpoint checkpoint, Compute compute, AdapterShape shape, long seed) {
    LinearLayers all = Architectures.load(checkpoint, compute).linearLayers();
    List<LinearLayers.Layer> layers = shape.of(all);
    ParameterLayout adapters = new ParameterLayout();
    ParameterLayout layout = new ParameterLayout();
    for (LinearLayers.Layer layer : layers) {
      for (ParameterLayout each : List.of(adapters, layout)) {
        each.add(AdapterNames.a(layer.name()), shape.rank(), layer.inputs());
        each.add(AdapterNames.b(layer.name()), layer.outputs(), shape.rank());
      }
    }
    DecoderTraining decoder = DecoderTraining.of(checkpoint, compute);
    Map<String, Matrix> frozen = new TreeMap<>();
    for (Tensor tensor : decoder.layout().tensors()) {
      int[] extents = tensor.shape().stream().mapToInt(Integer::intValue).toArray();
      if (tensor.isMatrix() && tensor.name().endsWith(".weight")) {
        frozen.put(tensor.name(), checkpoint.require(tensor.name(), extents).matrix());
      } else {
        layout.add(tensor.name(), extents);
      }
    }
    Weights weights = new Weights(layout, new FrozenBase(frozen, shape.scaling()));
    weights.load(checkpoint, compute.kernels());
    AdaptedModel model = new AdaptedModel(shape, layers, adapters, weights, decoder.model(weights));
    model.initialise(seed);
    return model;
  }

  private void initialise(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (LinearLayers.Layer layer : layers) {
      Tensor a = layout.tensor(AdapterNames.a(layer.name()));
      double bound = 1 / Math.sqrt(layer.inputs());
      for (int i = a.offset(); i < a.offset() + a.size(); i++) {
        values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    }
    valuesChanged();
  }

  /** What the adapters look like. */
  public AdapterShape shape() {
    return shape;
  }

  @Override
  public ParameterLayout layout() {
    return layout;
  }

  @Override
  public float[] values() {
    return values;
  }

  @Override
  public void valuesChanged() {
    System.arraycopy(values, 0, weights.values(), 0, values.length);
    decoder.valuesChanged();
  }

  /**
   * The factors by the names of their layers, the rows of B as the model's authors published those
   * of the layer.
   */
  public Map<String, Adapter.Factors> factors() {
    Map<String, Adapter.Factors> factors = new TreeMap<>();
    int rank = shape.rank();
    for (LinearLayers.Layer layer : layers) {
      Tensor a = layout.tensor(AdapterNames.a(layer.name()));
      Tensor b = layout.tensor(AdapterNames.b(layer.name()));
      float[] published = new float[b.size()];
      for (int row = 0; row < layer.outputs(); row++) {
        System.arraycopy(
            values, b.offset() + row * rank, published, layer.order().source(row) * rank, rank);
      }
      factors.put(
          layer.name(),
          new Adapter.Factors(
              rank,
              Arrays.copyOfRange(values, a.offset(), a.offset() + a.size()),
              published,
              shape.scaling()));
    }
    return factors;
  }

  @Override
  public Worker newWorker() {
    return new AdapterWorker(decoder.newWorker());
  }

  /** Keeps what the decoder says of frozen tensors to itself. */
  private final class AdapterWorker implements Worker {
    private final Worker worker;
    private final float[] all = new float[weights.layout().size()];

    AdapterWorker(Worker worker) {
      this.worker = worker;
    }

    @Override
    public double addGradient(TokenBatch batch, float scale, float[] gradient) {
      Arrays.fill(all, 0);
      double loss = worker.addGradient(batch, scale, all);
      for (int i = 0; i < values.length; i++) {
        gradient[i] += all[i];
      }
      return loss;
    }

    @Override
    public double loss(TokenBatch batch, float[] lossOfToken) {
      return worker.loss(batch, lossOfToken);
    }
  }
}
