package dev.candor.governance.explanation;

import java.util.List;

/** What a model thinks of a text: how probable each label is. */
@FunctionalInterface
public interface TextScorer {

  /**
   * How probable each label is for each text.
   *
   * @return natural logarithms, in the order of the labels
   */
  List<double[]> logProbabilities(List<String> texts);

  /** A scorer of the spans of a text that asks this one. */
  default Scorer of(SpanText text, Removal removal) {
    return new Scorer() {
      @Override
      public int spans() {
        return text.spans().size();
      }

      @Override
      public double[] logProbabilities(Subset kept) {
        return logProbabilities(List.of(kept)).getFirst();
      }

      @Override
      public List<double[]> logProbabilities(List<Subset> each) {
        return TextScorer.this.logProbabilities(
            each.stream().map(kept -> text.render(kept, removal)).toList());
      }
    };
  }
}
