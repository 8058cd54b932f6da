package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many prompts at once give what each of them gives alone, and less is read. */
class ManyPromptsTest {

  private static final SessionOptions OPTIONS = new SessionOptions(600, BlockFormat.F32);
  private static final List<String> CHOICES =
      List.of("complaint", "complain", "compliment", "praise", "p", "question");

  private static LanguageModel language(HashModel model) {
    return new LanguageModel(
        new ModelParts(
            model,
            new ByteTokenizer("<s>", "</s>"),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Set.of(256, 257),
            SamplingOptions.GREEDY,
            new KernelSelector.Choice(new ScalarKernels(), "for tests."),
            0,
            0,
            () -> "0".repeat(64),
            Optional.empty(),
            () -> {}));
  }

  private static LanguageModel language(boolean keepsEveryPosition) {
    return language(new HashModel(258, 4096, keepsEveryPosition));
  }

  private static double[] alone(LanguageModel language, int[] prompt, List<String> choices) {
    try (Session session = language.newSession(OPTIONS)) {
      session.append(prompt);
      return session.probabilities(choices);
    }
  }

  /** Prompts that are made of the same pieces, some left out; some are the same. */
  private static List<int[]> prompts(Random random) {
    List<int[]> pieces = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(9); i++) {
      pieces.add(random.ints(random.nextInt(60), 0, 4).toArray());
    }
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(90); i++) {
      List<Integer> tokens = new ArrayList<>();
      for (int[] piece : pieces) {
        if (random.nextInt(4) > 0) {
          Arrays.stream(piece).forEach(tokens::add);
        }
      }
      tokens.add(random.nextInt(2));
      prompts.add(tokens.stream().mapToInt(Integer::intValue).toArray());
    }
    return prompts;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachGetsWhatItGetsAlone(boolean keepsEveryPosition) {
    LanguageModel language = language(keepsEveryPosition);
    Random random = new Random(1);
    for (int round = 0; round < 30; round++) {
      List<int[]> prompts = prompts(random);
      List<String> choices = CHOICES.subList(0, 1 + random.nextInt(CHOICES.size()));
      ManyPrompts many = new ManyPrompts(language, OPTIONS, choices);
      List<double[]> each = many.probabilities(prompts, PrefillListener.NONE).orElseThrow();
      assertThat(each).hasSize(prompts.size());
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(each.get(i)).isEqualTo(alone(language, prompts.get(i), choices));
      }
    }
  }

  /** Each of n spans left out: half of what n prompts take, and what all begin with once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatTheyBeginWithIsReadOnce(boolean keepsEveryPosition) {
    HashModel model = new HashModel(258, 4096, keepsEveryPosition);
    LanguageModel language = language(model);
    int[] question = new Random(2).ints(200, 0, 250).toArray();
    int[] spans = new Random(3).ints(20 * 6, 0, 250).toArray();
    List<int[]> prompts = new ArrayList<>();
    for (int out = 0; out < 20; out++) {
      int[] prompt = Arrays.copyOf(question, 200 + 19 * 6);
      System.arraycopy(spans, 0, prompt, 200, out * 6);
      System.arraycopy(spans, out * 6 + 6, prompt, 200 + out * 6, (19 - out) * 6);
      prompts.add(prompt);
    }
    ManyPrompts many = new ManyPrompts(language, OPTIONS, List.of("yes", "no"));
    int before = model.forwardCalls();
    assertThat(many.probabilities(prompts, PrefillListener.NONE)).isPresent();
    // 200, the path of 19 spans, and behind each span that is left out those that follow it.
    assertThat(many.tokensRead()).isBetween(200L + 19 * 6, 200L + 20 * 6 + 6 * 190);
    assertThat(model.forwardCalls() - before).isLessThan(30);
  }

  /** In several calls; where a prompt begins otherwise, or ends within it, all of it is read. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBeginningIsReadInTheFirstCallAlone(boolean keepsEveryPosition) {
    LanguageModel language = language(keepsEveryPosition);
    Random random = new Random(5);
    for (int round = 0; round < 20; round++) {
      int[] beginning = random.ints(random.nextInt(300), 0, 4).toArray();
      try (PromptBeginning known = new PromptBeginning(language, OPTIONS, beginning)) {
        ManyPrompts many = ManyPrompts.thatBeginWith(known, CHOICES);
        boolean read = false;
        for (int call = 0; call < 4; call++) {
          boolean mixed = random.nextInt(3) == 0;
          boolean all = true;
          List<int[]> prompts = new ArrayList<>();
          for (int[] prompt : prompts(random)) {
            int[] begun = Arrays.copyOf(beginning, beginning.length + prompt.length);
            System.arraycopy(prompt, 0, begun, beginning.length, prompt.length);
            boolean begins = !mixed || random.nextBoolean();
            all &= begins;
            prompts.add(begins ? begun : prompt);
          }
          long before = many.tokensRead();
          List<double[]> each = many.probabilities(prompts, PrefillListener.NONE).orElseThrow();
          for (int i = 0; i < prompts.size(); i++) {
            assertThat(each.get(i)).isEqualTo(alone(language, prompts.get(i), CHOICES));
          }
          ManyPrompts anew = new ManyPrompts(language, OPTIONS, CHOICES);
          anew.probabilities(prompts, PrefillListener.NONE);
          long tokens = many.tokensRead() - before;
          assertThat(anew.tokensRead() - tokens).isIn(0L, (long) beginning.length);
          if (all) {
            assertThat(tokens).isEqualTo(anew.tokensRead() - (read ? beginning.length : 0));
            read = true;
          }
        }
      }
    }
  }

  /** What was stopped, or failed, before the end of a beginning is read again. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBeginningThatWasNotReadToItsEndIsNotKept(boolean keepsEveryPosition) {
    LanguageModel language = language(keepsEveryPosition);
    int[] beginning = new Random(6).ints(400, 0, 250).toArray();
    int[] prompt = Arrays.copyOf(beginning, 410);
    try (PromptBeginning known = new PromptBeginning(language, OPTIONS, beginning)) {
      ManyPrompts many = ManyPrompts.thatBeginWith(known, CHOICES);
      assertThat(many.probabilities(List.of(prompt), (_, _) -> false)).isEmpty();
      assertThat(many.tokensRead()).isPositive().isLessThanOrEqualTo(128);
      assertThat(many.probabilities(List.of(prompt), PrefillListener.NONE).orElseThrow())
          .containsExactly(alone(language, prompt, CHOICES));
    }
  }

  @Test
  void theListenerSeesAllOfItOrStopsIt() {
    List<int[]> prompts = prompts(new Random(4));
    ManyPrompts many = new ManyPrompts(language(true), OPTIONS, CHOICES);
    List<Integer> seen = new ArrayList<>();
    many.probabilities(
        prompts,
        (done, total) -> {
          seen.add(done);
          seen.add(total);
          return true;
        });
    assertThat(seen.getLast()).isEqualTo(seen.get(seen.size() - 2));
    assertThat(many.tokensRead()).isEqualTo(seen.getLast().longValue());
    assertThat(many.probabilities(prompts, (_, _) -> false)).isEmpty();
  }

  @Test
  void whatCannotBeReadIsRefused() {
    LanguageModel language = language(false);
    ManyPrompts many = new ManyPrompts(language, OPTIONS, List.of("yes", "no"));
    assertThat(many.probabilities(List.of(), PrefillListener.NONE)).contains(List.of());
    assertThatThrownBy(() -> many.probabilities(List.of(new int[0]), PrefillListener.NONE))
        .isInstanceOf(GenerationException.class)
        .hasFieldOrPropertyWithValue("code", "generation.context-empty");
    assertThatThrownBy(() -> many.probabilities(List.of(new int[601]), PrefillListener.NONE))
        .isInstanceOf(GenerationException.class)
        .hasFieldOrPropertyWithValue("code", "generation.context-exceeded");
    assertThatThrownBy(() -> new ManyPrompts(language, OPTIONS, List.of("a", "a")))
        .isInstanceOf(GenerationException.class)
        .hasFieldOrPropertyWithValue("code", "generation.out-of-range");
  }
}
