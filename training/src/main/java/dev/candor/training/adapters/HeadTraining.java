package dev.candor.training.adapters;

import dev.candor.statistics.calibration.Temperature;
import dev.candor.training.TrainingException;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a softmax head on hidden states of a frozen model: logistic regression on features of mean
 * 0 and variance 1, which are folded into the weights afterwards. Of the penalties the one with the
 * lowest loss on the validation rows is taken; these also calibrate the temperature.
 */
public final class HeadTraining {

  private HeadTraining() {}

  /**
   * Hidden states and labels of some rows.
   *
   * @param hidden [rows, width]
   * @param labels of each row, in [0, classes)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Features(float[] hidden, int width, int[] labels, int classes) {

    /** How many rows. */
    public int rows() {
      return labels.length;
    }
  }

  /**
   * How well a head does some rows.
   *
   * @param loss mean −ln p of the labels
   */
  public record Score(int rows, int right, double loss) {}

  /**
   * A head.
   *
   * @param weight [classes, width]
   * @param bias [classes]
   * @param penalty that was chosen
   * @param uncalibratedLoss of the validation rows, at temperature 1
   * @param validation empty of rows if there were none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Head(
      float[] weight,
      float[] bias,
      double temperature,
      double penalty,
      double uncalibratedLoss,
      Score training,
      Score validation) {}

  /** Is told when a penalty was tried: its loss on the validation rows, or NaN without any. */
  @FunctionalInterface
  public interface Listener {
    void tried(double penalty, double validationLoss);
  }

  /**
   * Trains a head.
   *
   * @param penalties one or more, each above 0; without validation rows exactly one
   * @throws TrainingException {@code training.no-validation} if there are several and nothing to
   *     choose by
   */
  public static Head train(
      Features training, Features validation, List<Double> penalties, Listener listener) {
    if (penalties.size() > 1 && validation.rows() == 0) {
      throw new TrainingException(
          "no-validation",
          "the data set has no validation rows, and " + penalties.size() + " penalties",
          "Name one penalty, or split off validation rows.");
    }
    Scaling scaling = Scaling.of(training);
    LogisticRegression.Rows rows = scaling.rows(training);
    LogisticRegression.Rows others = scaling.rows(validation);
    double[] best = {};
    double bestLoss = Double.POSITIVE_INFINITY;
    double bestPenalty = penalties.getFirst();
    double[] at = new double[training.classes() * (training.width() + 1)];
    // From the strongest on: each minimum is a good start for the next.
    double[] ordered = penalties.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    for (int i = ordered.length - 1; i >= 0; i--) {
      at = LogisticRegression.fit(rows, ordered[i], at);
      double loss = others.count() == 0 ? Double.NaN : LogisticRegression.loss(others, at);
      listener.tried(ordered[i], loss);
      if (best.length == 0 || loss < bestLoss) {
        best = at;
        bestLoss = loss;
        bestPenalty = ordered[i];
      }
    }
    double[] scores = LogisticRegression.scores(others, best);
    double temperature = others.count() == 0 ? 1 : Temperature.of(scores, others.labels());
    float[] weight = new float[training.classes() * training.width()];
    float[] bias = new float[training.classes()];
    scaling.fold(best, weight, bias);
    return new Head(
        weight,
        bias,
        temperature,
        bestPenalty,
        bestLoss,
        score(LogisticRegression.scores(rows, best), rows, temperature),
        score(scores, others, temperature));
  }

  private static Score score(double[] scores, LogisticRegression.Rows rows, double temperature) {
    if (rows.count() == 0) {
      return new Score(0, 0, Double.NaN);
    }
    int right = 0;
    for (int n = 0; n < rows.count(); n++) {
      int best = 0;
      for (int k = 1; k < rows.classes(); k++) {
        best = scores[n * rows.classes() + k] > scores[n * rows.classes() + best] ? k : best;
      }
      right += best == rows.labels()[n] ? 1 : 0;
    }
    return new Score(rows.count(), right, Temperature.loss(scores, rows.labels(), temperature));
  }

  /** Mean and inverse deviation of each feature over the training rows. */
  private record Scaling(double[] means, double[] inverses) {

    static Scaling of(Features features) {
      int width = features.width();
      double[] means = new double[width];
      double[] squares = new double[width];
      for (int n = 0; n < features.rows(); n++) {
        for (int j = 0; j < width; j++) {
          means[j] += features.hidden()[n * width + j];
        }
      }
      for (int j = 0; j < width; j++) {
        means[j] /= features.rows();
      }
      for (int n = 0; n < features.rows(); n++) {
        for (int j = 0; j < width; j++) {
          double d = features.hidden()[n * width + j] - means[j];
          squares[j] += d * d;
        }
      }
      double[] inverses = new double[width];
      for (int j = 0; j < width; j++) {
        double deviation = Math.sqrt(squares[j] / features.rows());
        inverses[j] = deviation > 0 ? 1 / deviation : 0;
      }
      return new Scaling(means, inverses);
    }

    LogisticRegression.Rows rows(Features features) {
      int width = features.width();
      double[] x = new double[features.rows() * width];
      for (int i = 0; i < x.length; i++) {
        x[i] = (features.hidden()[i] - means[i % width]) * inverses[i % width];
      }
      return new LogisticRegression.Rows(
          x, width, Arrays.copyOf(features.labels(), features.rows()), features.classes());
    }

    /** W' = W / σ and b' = b − W'·mean. */
    void fold(double[] parameters, float[] weight, float[] bias) {
      int width = means.length;
      for (int k = 0; k < bias.length; k++) {
        double shift = parameters[bias.length * width + k];
        for (int j = 0; j < width; j++) {
          double w = parameters[k * width + j] * inverses[j];
          weight[k * width + j] = (float) w;
          shift -= w * means[j];
        }
        bias[k] = (float) shift;
      }
    }
  }
}
