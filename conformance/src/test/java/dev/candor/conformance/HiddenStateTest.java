package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hidden states are what logits are made from, whatever the way they came. */
class HiddenStateTest {

  private static final SessionOptions OPTIONS = new SessionOptions(250, BlockFormat.F32);

  @ParameterizedTest
  @ValueSource(
      strings = {"sambay-tiny", "llama3-tiny", "mistral-tiny", "gemma3-tiny", "phi3-longrope"})
  void areTheOutputOfTheFinalNorm(String name) {
    Random random = new Random(name.hashCode());
    try (LanguageModel one =
            LanguageModel.open(
                TestData.fixture(name), LoadOptions.defaults().withKernels("scalar"));
        LanguageModel two =
            LanguageModel.open(TestData.fixture(name), LoadOptions.defaults().withThreads(3))) {
      for (int length : new int[] {1, 7, 128, 150 + random.nextInt(60)}) {
        int[] tokens = random.ints(length, 0, one.model().vocabularySize()).toArray();
        List<float[]> rows = finalNorm(one.model(), tokens);
        assertThat(rows).hasSize(length);
        assertThat(two.hiddenState(tokens, Pooling.LAST_TOKEN, OPTIONS)).isEqualTo(rows.getLast());
        assertThat(two.hiddenState(tokens, Pooling.MEAN, OPTIONS)).isEqualTo(mean(rows));
      }
    }
  }

  /** What a trace sees while logits of all tokens are computed. */
  private static List<float[]> finalNorm(CausalModel model, int[] tokens) {
    List<float[]> rows = new ArrayList<>();
    Trace trace =
        (name, values, offset, stride, width, count) -> {
          for (int t = 0; name.equals("final_norm") && t < count; t++) {
            float[] row = new float[width];
            System.arraycopy(values, offset + t * stride, row, 0, width);
            rows.add(row);
          }
        };
    try (SequenceState state = model.newState(tokens.length, BlockFormat.F32)) {
      float[] logits = new float[tokens.length * model.vocabularySize()];
      model.forward(
          List.of(new TokenSpan(state, tokens, 0, tokens.length, LogitsRequest.ALL)),
          logits,
          trace);
    }
    return rows;
  }

  private static float[] mean(List<float[]> rows) {
    float[] mean = new float[rows.getFirst().length];
    for (int j = 0; j < mean.length; j++) {
      double sum = 0;
      for (float[] row : rows) {
        sum += row[j];
      }
      mean[j] = (float) (sum / rows.size());
    }
    return mean;
  }

  @Test
  void aTextMustHaveTokensAndFit() {
    try (LanguageModel model =
        LanguageModel.open(TestData.fixture("llama3-tiny"), LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.hiddenState(new int[0], Pooling.MEAN, OPTIONS))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.code()).isEqualTo("generation.context-empty"));
      assertThatThrownBy(() -> model.hiddenState(new int[251], Pooling.LAST_TOKEN, OPTIONS))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.code()).isEqualTo("generation.context-exceeded"));
    }
  }
}
