package dev.candor.training.runs;

import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import java.util.SplittableRandom;

/** The next token by the one before: a table of logits and a bias. */
final class BigramModel implements TrainableModel {

  private final int vocabulary;
  private final ParameterLayout layout = new ParameterLayout();
  private final Tensor table;
  private final Tensor bias;
  private final float[] values;

  BigramModel(int vocabulary, long seed) {
    this.vocabulary = vocabulary;
    this.table = layout.add("table.weight", vocabulary, vocabulary);
    this.bias = layout.add("table.bias", vocabulary);
    this.values = new float[layout.size()];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.1, 0.1);
    }
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
  public void valuesChanged() {}

  @Override
  public Worker newWorker() {
    return new Pass();
  }

  private final class Pass implements Worker {
    private final double[] p = new double[vocabulary];

    @Override
    public double addGradient(TokenBatch batch, float scale, float[] gradient) {
      double loss = 0;
      for (int i = 0; i < batch.tokens().length; i++) {
        int target = batch.targets()[i];
        if (target != TokenBatch.NO_TARGET) {
          loss += probabilities(batch.tokens()[i], target);
          for (int j = 0; j < vocabulary; j++) {
            float g = (float) (p[j] - (j == target ? 1 : 0)) * scale;
            gradient[table.offset() + batch.tokens()[i] * vocabulary + j] += g;
            gradient[bias.offset() + j] += g;
          }
        }
      }
      return loss;
    }

    @Override
    public double loss(TokenBatch batch, float[] lossOfToken) {
      double loss = 0;
      for (int i = 0; i < batch.tokens().length; i++) {
        int target = batch.targets()[i];
        double own = target == TokenBatch.NO_TARGET ? 0 : probabilities(batch.tokens()[i], target);
        loss += own;
        if (lossOfToken.length > 0) {
          lossOfToken[i] = (float) own;
        }
      }
      return loss;
    }

    private double probabilities(int token, int target) {
      double sum = 0;
      for (int j = 0; j < vocabulary; j++) {
        p[j] =
            StrictMath.exp(
                values[table.offset() + token * vocabulary + j] + values[bias.offset() + j]);
        sum += p[j];
      }
      for (int j = 0; j < vocabulary; j++) {
        p[j] /= sum;
      }
      return -StrictMath.log(p[target]);
    }
  }
}
