package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.confidence.Calibration;
import dev.candor.governance.confidence.CalibrationActs;
import dev.candor.governance.confidence.Confidence;
import dev.candor.governance.confidence.LabelledRow;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.GovernedDevice;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.loading.LoadCandidate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which calibration says what a probability is worth, and where none does. */
class ChoiceConfidenceTest {

  private static final Principal GINA = Principal.of("gina", List.of(Role.GOVERN));
  private static final List<String> LABELS = List.of("high", "low");

  private @TempDir Path folder;

  private static DecisionTask.Choose task(
      GovernedDevice device, String question, String text, List<String> labels) {
    return new DecisionTask.Choose(
        device.prompt(question + " Text: " + text), device.session(), labels, Optional.empty());
  }

  private static String digest(GovernedDevice device, String question) {
    DecisionTask.Choose task = task(device, question, "some text", LABELS);
    return PromptText.of(device.language.tokenizer(), task.prompt().toArray(), "some text")
        .orElseThrow()
        .question();
  }

  /** Of probabilities that say what they are worth, or twice as much as that. */
  private static Calibration calibration(String question, boolean isHonest) {
    SplittableRandom random = new SplittableRandom(4);
    List<LabelledRow> rows = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      double said = random.nextDouble();
      // Whoever says sometimes more and sometimes less is put right by no temperature.
      double high = isHonest ? said : said > 0.5 ? 0.5 : 0;
      rows.add(
          LabelledRow.of(
              new double[] {said, 1 - said}, random.nextDouble() < high ? 0 : 1, Optional.empty()));
    }
    return Calibration.of(LABELS, question, rows, new Calibration.Plan(0.1, 0.05, 3));
  }

  private static void record(GovernedDevice device, Calibration calibration) {
    DigestTuple tuple =
        new LoadCandidate("candor-mini", device.language, List.of())
            .tuple(device.governance.policy().digest());
    long unused =
        new CalibrationActs(device.governance).record(GINA, tuple, calibration, Optional.empty());
  }

  private static Optional<Confidence> of(
      ChoiceConfidence confidence, DecisionTask.Choose task, String text) {
    return confidence.of(task, text, List.of(0.9, 0.1), Optional.empty());
  }

  @Test
  void theLastCalibrationOfTheQuestionCounts() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      DecisionTask.Choose first = task(device, "How urgent is it?", "now!", LABELS);
      DecisionTask.Choose second = task(device, "Is it high or low?", "now!", LABELS);
      ChoiceConfidence none = new ChoiceConfidence(device.governance, device.model());
      assertThat(none.isThereAny(first)).isFalse();
      assertThat(of(none, first, "now!")).isEmpty();

      Calibration good = calibration(digest(device, "How urgent is it?"), true);
      assertThat(good.verdict()).isEqualTo(Verdict.PASS);
      record(device, good);
      ChoiceConfidence one = new ChoiceConfidence(device.governance, device.model());
      assertThat(of(one, first, "now!")).isPresent();
      // Another question, and a prompt in which the text is not: there is one, but not of these.
      assertThat(one.isThereAny(second)).isTrue();
      assertThat(of(one, second, "now!")).isEmpty();
      assertThat(one.isThereAny(first)).isTrue();
      assertThat(of(one, first, "another text")).isEmpty();
      assertThat(one.isThereAny(task(device, "How urgent is it?", "now!", List.of("low", "high"))))
          .isFalse();

      record(device, calibration(digest(device, "Is it high or low?"), true));
      Calibration bad = calibration(digest(device, "How urgent is it?"), false);
      assertThat(bad.verdict()).isNotEqualTo(Verdict.PASS);
      record(device, bad);
      ChoiceConfidence other = new ChoiceConfidence(device.governance, device.model());
      assertThat(of(other, first, "now!")).isEmpty();
      assertThat(of(other, second, "now!")).isPresent();
    }
  }
}
