package dev.candor.cli;

import dev.candor.cli.store.StoredModel;

/** Says what packing would give to a model whose weights lie in rows. */
final class PackingAdvice {

  private PackingAdvice() {}

  /**
   * Prints the line, if packing would give something.
   *
   * @param kernels the path that computes, by its name
   * @param packableBytes of the weights that could be packed
   * @param silent whether to print nothing
   */
  static void print(
      Streams streams,
      LoadedModel.Found model,
      String kernels,
      long packableBytes,
      boolean silent) {
    // The definition takes blocks apart one by one, wherever they lie.
    if (packableBytes > 0 && !silent && !kernels.equals("scalar")) {
      streams
          .err()
          .println(
              "weights lie in rows; '"
                  + (model.digest().isPresent()
                      ? "candor models pack " + model.name()
                      : "candor models add " + model.weights())
                  + "' would pack them: faster decoding, the same answers");
    }
  }

  /** The same about a model that nobody has opened. */
  static String sentence(StoredModel model) {
    return model.name()
        + " has its weights in rows: 'candor models pack "
        + model.name()
        + "' makes it answer faster, and the same.";
  }
}
