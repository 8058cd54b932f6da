package dev.candor.cli;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.RowSchema;
import dev.candor.training.gates.Prediction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a model is asked about the rows of a data set: of a classification as {@code candor classify}
 * does, otherwise with the text itself, answered by the most likely tokens.
 *
 * @param schema what the rows are
 * @param settings how to ask
 */
record SealedQuestions(RowSchema schema, Settings settings) {

  /** The setting that names the digest of the adapter that answered. */
  static final String ADAPTER = "adapterDigest";

  /**
   * How to ask.
   *
   * @param instruction what is asked in place of the usual sentence; of free answers before the
   *     text
   * @param think whether a model that can think does so before it answers
   * @param maximumTokens most tokens of thoughts, and of an answer
   * @param cacheFormat how keys and values are kept
   */
  record Settings(
      Optional<String> instruction,
      boolean think,
      int maximumTokens,
      ModelArguments.CacheFormat cacheFormat) {

    Map<String, Object> members() {
      Map<String, Object> members = new LinkedHashMap<>();
      instruction.ifPresent(words -> members.put("instruction", words));
      members.put("think", think);
      members.put("maxTokens", maximumTokens);
      members.put("cacheFormat", cacheFormat.name());
      return members;
    }

    /** Those that a file of predictions names. */
    static Settings of(Map<String, Object> members) {
      if (members.containsKey(ADAPTER)) {
        throw new CommandException(
            "predictions.adapter",
            "an adapter helped to answer, "
                + members.get(ADAPTER)
                + "; what is promoted is a model",
            "Merge the adapter first, with 'candor models merge', and evaluate what comes out.");
      }
      Object instruction = members.get("instruction");
      Object think = members.get("think");
      Object tokens = members.get("maxTokens");
      Object cache = members.get("cacheFormat");
      for (ModelArguments.CacheFormat format : ModelArguments.CacheFormat.values()) {
        if (format.name().equals(cache)
            && tokens instanceof Long count
            && count >= 1
            && count <= Integer.MAX_VALUE
            && think instanceof Boolean thinks) {
          return new Settings(
              Optional.ofNullable(instruction).map(Object::toString),
              thinks,
              count.intValue(),
              format);
        }
      }
      throw new CommandException(
          "predictions.not-repeatable",
          "the predictions do not say how the model was asked: " + members,
          "Make them with 'candor train evaluate', or promote with --replay 0.");
    }
  }

  /** What the model says of a row. */
  Prediction ask(TextTask task, DataRow row) {
    return schema.task() == RowSchema.Task.CLASSIFICATION ? choose(task, row) : answer(task, row);
  }

  /** What the model is asked. */
  String words(DataRow row) {
    return schema.task() == RowSchema.Task.CLASSIFICATION
        ? new LabelQuestion(schema.labels(), settings.instruction()).words(row.text())
        : settings.instruction().map(words -> words + "\n\n").orElse("") + row.text();
  }

  private Prediction choose(TextTask task, DataRow row) {
    List<String> labels = schema.labels();
    double[] each =
        new LabelQuestion(labels, settings.instruction()).probabilities(task, row.text());
    int best = LabelQuestion.best(each);
    Map<String, Double> probabilities = new LinkedHashMap<>();
    for (int i = 0; i < each.length; i++) {
      probabilities.put(labels.get(i), each[i]);
    }
    return new Prediction(
        row.id(), row.label(), labels.get(best), OptionalDouble.of(each[best]), probabilities);
  }

  private Prediction answer(TextTask task, DataRow row) {
    try (Session session = task.ask(words(row))) {
      Answer answer =
          session.generate(
              new GenerationRequest(
                  SamplingOptions.GREEDY, settings.maximumTokens(), List.of(), false, 0),
              GenerationListener.NONE);
      double logarithm = 0;
      for (GeneratedToken token : answer.tokens()) {
        logarithm += token.logprob();
      }
      double probability = Math.min(1, StrictMath.exp(logarithm));
      return new Prediction(
          row.id(), row.label(), answer.text().strip(), OptionalDouble.of(probability), Map.of());
    }
  }
}
