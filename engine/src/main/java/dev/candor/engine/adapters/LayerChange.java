package dev.candor.engine.adapters;

import dev.candor.engine.models.Adapter.Factors;
import dev.candor.engine.weights.Merging;

/**
 * s·B·A of a layer, row by row: sums in float64, rank ascending, rounded once when they are added.
 */
record LayerChange(Factors factors) implements Merging.Change {

  @Override
  public int outputs() {
    return factors.outputs();
  }

  @Override
  public int inputs() {
    return factors.inputs();
  }

  @Override
  public void addTo(int row, float[] weights) {
    int rank = factors.rank();
    int inputs = factors.inputs();
    for (int column = 0; column < inputs; column++) {
      double sum = 0;
      for (int j = 0; j < rank; j++) {
        sum += (double) factors.b()[row * rank + j] * factors.a()[j * inputs + column];
      }
      weights[column] = (float) (weights[column] + factors.scaling() * sum);
    }
  }
}
