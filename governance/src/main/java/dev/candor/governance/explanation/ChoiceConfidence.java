package dev.candor.governance.explanation;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.governance.Governance;
import dev.candor.governance.confidence.Calibration;
import dev.candor.governance.confidence.CalibrationActs;
import dev.candor.governance.confidence.Confidence;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.loading.LoadCandidate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the probabilities of a model's choices are worth, by the calibrations of just these
 * questions. They are looked up once for each set of labels. Not safe for use by many threads.
 */
public final class ChoiceConfidence {

  private final Governance governance;
  private final ModelIdentity model;
  private final Map<List<String>, Map<String, Calibration>> known = new HashMap<>();

  /** Of the choices of a model. */
  public ChoiceConfidence(Governance governance, ModelIdentity model) {
    this.governance = governance;
    this.model = model;
  }

  /** Whether a calibration of a choice among these labels holds, of whatever question. */
  public boolean isThereAny(DecisionTask.Choose task) {
    return task.thinking().isEmpty() && !alive(task.choices()).isEmpty();
  }

  /**
   * Of one choice.
   *
   * @param text that was asked about
   * @param probabilities of the labels in their order, as they were decided
   * @param group that the text belongs to, where the calibration tells groups apart
   * @return empty if the model thought aloud first, or if no calibration of the question holds
   */
  public Optional<Confidence> of(
      DecisionTask.Choose task, String text, List<Double> probabilities, Optional<String> group) {
    // First, for to take a prompt apart costs more than all else.
    if (!isThereAny(task) || probabilities.isEmpty()) {
      return Optional.empty();
    }
    double[] decided = probabilities.stream().mapToDouble(Double::doubleValue).toArray();
    List<Double> logProbabilities = Arrays.stream(LogProbability.of(decided)).boxed().toList();
    return PromptText.of(model.language().tokenizer(), task.prompt().toArray(), text)
        .flatMap(prompt -> Optional.ofNullable(alive(task.choices()).get(prompt.question())))
        .map(calibration -> calibration.confidence(logProbabilities, group));
  }

  private Map<String, Calibration> alive(List<String> labels) {
    return known.computeIfAbsent(labels, this::read);
  }

  private Map<String, Calibration> read(List<String> labels) {
    LanguageModel language = model.language();
    if (language.fingerprints().isEmpty()) {
      return Map.of();
    }
    DigestTuple tuple =
        new LoadCandidate(model.name(), language, model.adapterDigest().stream().toList())
            .tuple(governance.policy().digest());
    return new CalibrationActs(governance).alive(tuple, labels);
  }
}
