package dev.candor.engine.weights;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.Merging.Change;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A source with something added to some of its tensors.
 *
 * @param changes by the name of the tensor
 */
record ChangedSource(WeightSource source, Function<String, Optional<Change>> changes)
    implements WeightSource {

  private record ChangedTensor(SourceTensor tensor, Change change) implements SourceTensor {

    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public List<Integer> shape() {
      return tensor.shape();
    }

    @Override
    public void readRow(long row, float[] out) {
      tensor.readRow(row, out);
      change.addTo((int) row, out);
    }
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public JsonObject config() {
    return source.config();
  }

  @Override
  public JsonObject generationConfig() {
    return source.generationConfig();
  }

  @Override
  public List<SourceTensor> tensors() {
    return source.tensors().stream()
        .map(tensor ->
            changes
                .apply(tensor.name())
                .<SourceTensor>map(change -> new ChangedTensor(tensor, change))
                .orElse(tensor))
        .toList();
  }

  @Override
  public Optional<TokenizerFiles> tokenizerFiles() {
    return source.tokenizerFiles();
  }
}
