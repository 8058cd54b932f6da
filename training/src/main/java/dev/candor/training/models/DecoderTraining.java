package dev.candor.training.models;

import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.engine.models.TransformerParts;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Checkpoint.Convention;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.Weights;

/** Makes the decoder of a checkpoint out of weights that are trained, frozen or adapted. */
public sealed interface DecoderTraining {

  /** All its parameters. */
  ParameterLayout layout();

  /**
   * The decoder.
   *
   * @param weights all parameters, in their layout or frozen
   */
  TrainableModel model(Weights weights);

  /**
   * For the decoder in a checkpoint.
   *
   * @param compute reads it
   * @throws dev.candor.engine.EngineException if the engine does not run it
   */
  static DecoderTraining of(Checkpoint checkpoint, Compute compute) {
    Arithmetic arithmetic = Arithmetic.with(compute.kernels());
    return checkpoint.architecture().equals("phi4flash")
        ? new OfSambaY(SambaYConfig.of(checkpoint.config()), arithmetic)
        : new OfTransformer(
            Architectures.transformer(checkpoint, compute), checkpoint.convention(), arithmetic);
  }

  /** SambaY. */
  record OfSambaY(SambaYConfig config, Arithmetic arithmetic) implements DecoderTraining {
    @Override
    public ParameterLayout layout() {
      return SambaYTraining.layout(config);
    }

    @Override
    public TrainableModel model(Weights weights) {
      return new SambaYTraining(config, arithmetic, weights);
    }
  }

  /** The transformers. They are large enough to be computed twice rather than kept. */
  record OfTransformer(TransformerParts parts, Convention convention, Arithmetic arithmetic)
      implements DecoderTraining {
    @Override
    public ParameterLayout layout() {
      return new TransformerNames(parts).layout();
    }

    @Override
    public TrainableModel model(Weights weights) {
      return new TransformerTraining(parts, convention, arithmetic, weights, true);
    }
  }
}
