package dev.candor.engine.weights;

import dev.candor.engine.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * A model to be written as GGUF, as its authors publish it: Hugging Face names, keys and layouts.
 * Its tensors are read row by row, so that it need not be in memory, nor exist as a file at all.
 */
public interface WeightSource {

  /** A tensor of a source. */
  interface SourceTensor {

    /** Hugging Face name. */
    String name();

    /** Extents, outermost first. */
    List<Integer> shape();

    /**
     * Reads one row, that is the innermost extent, as float32. Called by several threads at once.
     *
     * @param row index over all outer extents, in [0, elements / columns)
     * @param out takes the columns from index 0 on
     */
    void readRow(long row, float[] out);
  }

  /** The documents of a tokenizer. */
  interface TokenizerFiles {

    /** tokenizer.json. */
    JsonObject tokenizer();

    /** tokenizer_config.json, empty if there is none. */
    JsonObject tokenizerConfig();

    /** chat_template.jinja, if the template has a file of its own. */
    Optional<String> chatTemplate();
  }

  /** For people: written as {@code general.name}. */
  String name();

  /** config.json. */
  JsonObject config();

  /** generation_config.json, empty if there is none. */
  JsonObject generationConfig();

  /** The tokenizer, if the model has one. */
  Optional<TokenizerFiles> tokenizerFiles();

  /** All tensors, in the order in which they are to be written. */
  List<SourceTensor> tensors();
}
