package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.Tensor;
import dev.candor.governance.decisions.GovernedDevice;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attributions depend on what a model has learnt (model randomisation, Adebayo et al., arXiv
 * 1810.03292): with its weights shuffled they keep nothing of the order they had.
 */
class ShuffledWeightsTest {

  private static final List<String> LABELS = List.of("low", "medium", "high");

  private static final List<String> TEXTS =
      List.of(
          "My name is Aylin. How long is the lead time of a gumja? We need it this week.",
          "I am locked out of the till and nobody can pay. It is only a small thing.",
          "Since this morning all of the fleet app is out. The usual handling time is fine.",
          "Please share the calendar of Suse Ito with me. Last on your list, please.",
          "Dear team, you owe me 97 pounds for a returned jacket, and I am still waiting.",
          "The welder spills bottles on the floor and somebody may fall. Come at once.",
          "Message from the greenhouse: the extruder lost its settings. Take care of it instantly.",
          "Smoke comes out of the meter cupboard on the second floor, next to the stairs.",
          "Could you change my address some time? There is no hurry at all, thank you.",
          "The printer in room four has no paper. We can work around it for the moment.");

  private @TempDir Path folder;

  private static List<List<Double>> attributions(Path weights) {
    List<List<Double>> each = new ArrayList<>();
    try (LanguageModel model = LanguageModel.open(weights, LoadOptions.defaults().withThreads(1))) {
      for (String text : TEXTS) {
        String question =
            "Which label fits the text best: low, medium, high? Answer with the label only."
                + "\n\nText: "
                + text;
        int[] prompt =
            model
                .chatFormat()
                .orElseThrow()
                .tokens(ChatRequest.of(List.of(ChatMessage.of("user", question))));
        try (PromptScorer scorer =
            new PromptScorer(
                model,
                SessionOptions.ofContext(512),
                LABELS,
                PromptText.of(model.tokenizer(), prompt, text).orElseThrow(),
                ExplanationProgress.NONE)) {
          SpanText words = SpanText.of(text, Optional.of(SpanKind.WORDS));
          each.add(Occlusion.of(scorer.of(words, Removal.DELETE), new Target(2, 0)).values());
        }
      }
    }
    return each;
  }

  /** Records of 16 rows and 32 columns of all quantised matrices change places. */
  private static Path shuffled(Path folder) throws IOException {
    byte[] file = Files.readAllBytes(GovernedDevice.embedded());
    SplittableRandom random = new SplittableRandom(1);
    int shuffled = 0;
    try (GgufFile gguf = GgufFile.open(GovernedDevice.embedded())) {
      for (Tensor tensor : gguf.tensors()) {
        if (tensor.format() == BlockFormat.Q8_0) {
          byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
          int at = find(file, bytes);
          int record = 16 * 34;
          for (int i = bytes.length / record - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            byte[] kept = Arrays.copyOfRange(file, at + i * record, at + (i + 1) * record);
            System.arraycopy(file, at + j * record, file, at + i * record, record);
            System.arraycopy(kept, 0, file, at + j * record, record);
          }
          shuffled++;
        }
      }
    }
    assertThat(shuffled).isGreaterThan(20);
    return Files.write(folder.resolve("shuffled.gguf"), file);
  }

  private static int find(byte[] file, byte[] bytes) {
    for (int at = 0; at + bytes.length <= file.length; at += 64) {
      if (Arrays.equals(file, at, at + bytes.length, bytes, 0, bytes.length)) {
        return at;
      }
    }
    throw new AssertionError("a tensor is not in its file");
  }

  @Test
  void shuffledWeightsLoseTheOrder() throws IOException {
    List<List<Double>> learnt = attributions(GovernedDevice.embedded());
    List<List<Double>> random = attributions(shuffled(folder));
    double sum = 0;
    for (int i = 0; i < TEXTS.size(); i++) {
      assertThat(RankCorrelation.of(learnt.get(i), learnt.get(i))).isGreaterThan(0.99);
      sum += RankCorrelation.of(learnt.get(i), random.get(i));
    }
    assertThat(Math.abs(sum / TEXTS.size())).isLessThan(0.2);
  }
}
