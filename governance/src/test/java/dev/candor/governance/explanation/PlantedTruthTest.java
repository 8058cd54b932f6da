package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.ModelParts;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.governance.decisions.GovernedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Of a model whose rule is known, the field that it goes by is named first. */
class PlantedTruthTest {

  private static final List<String> LABELS = List.of("red", "blue", "green");
  private static final List<String> FIELDS =
      List.of("name", "age", "income", "purpose", "region", "history", "owner", "note", "score");

  /** A form of which one line holds the rule's field. */
  private static String form(SplittableRandom random, List<String> lines) {
    lines.clear();
    int others = 5 + random.nextInt(FIELDS.size() - 5);
    for (int i = 0; i < others; i++) {
      lines.add(FIELDS.get(i) + ": " + LABELS.get(random.nextInt(3)) + random.nextInt(100));
    }
    lines.add(random.nextInt(lines.size() + 1), "code: " + LABELS.get(random.nextInt(3)));
    return String.join("\n", lines);
  }

  @Test
  void theFieldThatIsCopiedIsNamedFirst() {
    try (LanguageModel mini =
        LanguageModel.open(GovernedDevice.embedded(), LoadOptions.defaults().withThreads(1))) {
      Tokenizer tokenizer = mini.tokenizer();
      LanguageModel copying = copying(tokenizer);
      SplittableRandom random = new SplittableRandom(1);
      int occlusion = 0;
      int shapley = 0;
      int rounds = 60;
      for (int round = 0; round < rounds; round++) {
        List<String> lines = new ArrayList<>();
        String text = form(random, lines);
        int planted =
            lines.indexOf(
                lines.stream().filter(line -> line.startsWith("code: ")).findFirst().orElseThrow());
        int[] prompt = tokenizer.encode("Which colour?\n" + text + "\nAnswer: ", false, false);
        try (PromptScorer scorer =
            new PromptScorer(
                copying,
                SessionOptions.ofContext(1024),
                LABELS,
                PromptText.of(tokenizer, prompt, text).orElseThrow(),
                ExplanationProgress.NONE)) {
          SpanText spans = SpanText.of(text, Optional.empty());
          assertThat(spans.kind()).isEqualTo(SpanKind.LINES);
          Target target =
              Target.of(scorer.logProbabilities(List.of(text)).getFirst(), OptionalInt.empty());
          Scorer subsets = new RememberingScorer(scorer.of(spans, Removal.DELETE));
          occlusion += Occlusion.of(subsets, target).ordering().getFirst() == planted ? 1 : 0;
          shapley +=
              new ShapleySampling(8, round).of(subsets, target).ordering().getFirst() == planted
                  ? 1
                  : 0;
        }
      }
      assertThat(occlusion / (double) rounds).isGreaterThanOrEqualTo(0.95);
      assertThat(shapley / (double) rounds).isGreaterThanOrEqualTo(0.95);
    }
  }

  private static LanguageModel copying(Tokenizer tokenizer) {
    return new LanguageModel(
        new ModelParts(
            new CopyingModel(tokenizer),
            tokenizer,
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Set.of(0),
            SamplingOptions.GREEDY,
            new KernelSelector.Choice(new ScalarKernels(), "for tests."),
            0,
            0,
            () -> "0".repeat(64),
            Optional.empty(),
            () -> {}));
  }
}
