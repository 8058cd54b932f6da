package dev.candor.training.layers;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;

/**
 * The head and its loss: −ln p(target) with p = softmax(x Wᵀ), for the tokens that have a target.
 * The gradient of the logits is p − [target]. With a soft cap c the logits are c·tanh(x Wᵀ / c)
 * (arXiv 2408.00118, section 2), and the gradient is multiplied by 1 − tanh².
 */
public final class TokenLoss {

  /** Most tokens whose logits are there at a time. */
  private static final int CHUNK = 256;

  /** Most logits that are there at a time. */
  private static final int LOGITS = 1 << 24;

  /** Stands for probabilities that float32 cannot tell from 0. */
  private static final double LEAST_PROBABILITY = Float.MIN_NORMAL;

  private final Kernels kernels;
  private final LinearLayer head;
  private final Rows x;
  private final Rows xGradient;
  private final Rows logits;
  private final Rows slopes; // of the soft cap
  private final int[] tokens;
  private final float softCap;

  /** Without a soft cap. */
  public TokenLoss(Weights weights, Arithmetic arithmetic, String name) {
    this(weights, arithmetic, name, 0);
  }

  /**
   * @param name of the linear layer, [V, H], which may be the embedding's
   * @param softCap c, or 0 for none
   */
  public TokenLoss(Weights weights, Arithmetic arithmetic, String name, float softCap) {
    kernels = arithmetic.kernels();
    head = LinearLayer.of(weights, arithmetic, name, false);
    x = new Rows(head.in());
    xGradient = new Rows(head.in());
    logits = new Rows(head.out());
    slopes = new Rows(head.out());
    tokens = new int[Math.clamp(LOGITS / head.out(), 1, CHUNK)];
    this.softCap = softCap;
  }

  /**
   * The loss alone.
   *
   * @param normed [tokens, H]
   * @param targets of each token, or a negative number
   * @param lossOfToken receives each token's, if it is not empty
   */
  public double loss(float[] normed, int[] targets, float[] lossOfToken) {
    double sum = 0;
    for (int from = 0; from < targets.length; ) {
      int end = from;
      int count = 0;
      for (; end < targets.length && count < tokens.length; end++) {
        if (targets[end] >= 0) {
          tokens[count++] = end;
        } else if (lossOfToken.length > 0) {
          lossOfToken[end] = 0;
        }
      }
      probabilities(count, normed);
      for (int i = 0; i < count; i++) {
        double loss = loss(i, targets[tokens[i]]);
        if (lossOfToken.length > 0) {
          lossOfToken[tokens[i]] = (float) loss;
        }
        sum += loss;
      }
      from = end;
    }
    return sum;
  }

  /**
   * The loss, its targets counting the same; adds scale times its gradient to those of the normed
   * tokens and of the weight, each target's times what it weighs.
   *
   * @param weights of each token, or empty for 1 each
   * @param normedGradient [tokens, H]
   */
  public double addGradient(
      float[] normed,
      int[] targets,
      float[] weights,
      float scale,
      float[] normedGradient,
      float[] gradient) {
    int hidden = head.in();
    int vocabulary = head.out();
    double sum = 0;
    for (int from = 0; from < targets.length; ) {
      int end = from;
      int count = 0;
      for (; end < targets.length && count < tokens.length; end++) {
        if (targets[end] >= 0) {
          tokens[count++] = end;
        }
      }
      probabilities(count, normed);
      float[] p = logits.values();
      for (int i = 0; i < count; i++) {
        int target = targets[tokens[i]];
        sum += loss(i, target);
        p[i * vocabulary + target] -= 1;
      }
      for (int i = 0; i < count; i++) {
        float factor = weights.length == 0 ? scale : scale * weights[tokens[i]];
        for (int j = i * vocabulary; j < (i + 1) * vocabulary; j++) {
          p[j] *= factor;
        }
      }
      if (softCap != 0) {
        float[] slopes = this.slopes.values();
        for (int i = 0; i < count * vocabulary; i++) {
          p[i] *= slopes[i];
        }
      }
      float[] chunk = xGradient.zeros(count);
      head.backward(count, x.values(), chunk, 0, hidden, p, 0, vocabulary, gradient);
      for (int i = 0; i < count; i++) {
        int row = tokens[i] * hidden;
        for (int j = 0; j < hidden; j++) {
          normedGradient[row + j] += chunk[i * hidden + j];
        }
      }
      from = end;
    }
    return sum;
  }

  /** Of the first so many tokens of the list. */
  private void probabilities(int count, float[] normed) {
    int hidden = head.in();
    int vocabulary = head.out();
    float[] x = this.x.of(count);
    for (int i = 0; i < count; i++) {
      System.arraycopy(normed, tokens[i] * hidden, x, i * hidden, hidden);
    }
    float[] p = logits.of(count);
    head.forward(count, x, 0, hidden, p, 0, vocabulary);
    if (softCap != 0) {
      cap(p, count * vocabulary);
    }
    for (int i = 0; i < count; i++) {
      kernels.softmax(p, i * vocabulary, vocabulary);
    }
  }

  private void cap(float[] logits, int count) {
    for (int i = 0; i < count; i++) {
      logits[i] /= softCap;
    }
    kernels.activate(Activation.TANH, logits, 0, count);
    float[] slopes = this.slopes.of(Math.ceilDiv(count, head.out()));
    for (int i = 0; i < count; i++) {
      slopes[i] = 1 - logits[i] * logits[i];
      logits[i] *= softCap;
    }
  }

  private double loss(int row, int target) {
    double p = logits.values()[row * head.out() + target];
    return -StrictMath.log(Math.max(p, LEAST_PROBABILITY));
  }
}
