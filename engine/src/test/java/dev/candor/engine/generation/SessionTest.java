package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import dev.candor.engine.generation.Answer.FinishReason;
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

class SessionTest {

  private static final int END = 257;
  private static final SamplingOptions DRAWN =
      new SamplingOptions(1.3f, 40, 0.95f, 0.01f, 1.1f, 0, 0, Map.of(), 7);

  private final HashModel model = new HashModel(258, 4096);
  private final LanguageModel language = language(model);

  private static LanguageModel language(HashModel model) {
    return new LanguageModel(
        new ModelParts(
            model,
            new ByteTokenizer("<s>", "</s>"),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Set.of(END),
            SamplingOptions.GREEDY,
            new KernelSelector.Choice(new ScalarKernels(), "for tests."),
            0,
            0,
            () -> "0".repeat(64),
            Optional.empty(),
            () -> {}));
  }

  private Session session(int context) {
    return language.newSession(new SessionOptions(context, BlockFormat.F32));
  }

  private static int[] randomTokens(Random random, int count) {
    return random.ints(count, 0, 256).toArray();
  }

  private static GenerationRequest request(SamplingOptions sampling, int tokens) {
    return new GenerationRequest(sampling, tokens, List.of(), true, -1);
  }

  private static List<Integer> ids(Answer answer) {
    return answer.tokens().stream().map(GeneratedToken::id).toList();
  }

  @Test
  void continuationDoesNotDependOnHowThePromptIsDivided() {
    Random random = new Random(1);
    for (int round = 0; round < 40; round++) {
      int[] prompt = randomTokens(random, 1 + random.nextInt(700));
      Answer expected;
      try (Session whole = session(1024)) {
        whole.append(prompt);
        expected = whole.generate(request(DRAWN, 20), GenerationListener.NONE);
      }
      try (Session divided = session(1024)) {
        for (int at = 0; at < prompt.length; ) {
          int end = Math.min(prompt.length, at + 1 + random.nextInt(300));
          int[] part = Arrays.copyOfRange(prompt, at, end);
          if (random.nextBoolean()) {
            divided.append(part);
            at = end;
          } else {
            at += divided.append(part, (done, total) -> random.nextInt(4) != 0);
          }
        }
        assertThat(divided.tokens()).isEqualTo(prompt);
        Answer answer = divided.generate(request(DRAWN, 20), GenerationListener.NONE);
        assertThat(ids(answer)).isEqualTo(ids(expected));
      }
    }
  }

  @Test
  void twoRequestsContinueAsOneDoes() {
    int[] prompt = randomTokens(new Random(2), 50);
    try (Session once = session(256);
        Session twice = session(256)) {
      once.append(prompt);
      twice.append(prompt);
      List<Integer> expected = ids(once.generate(request(DRAWN, 60), GenerationListener.NONE));
      List<Integer> answer =
          new ArrayList<>(ids(twice.generate(request(DRAWN, 23), GenerationListener.NONE)));
      answer.addAll(ids(twice.generate(request(DRAWN, 37), GenerationListener.NONE)));
      assertThat(answer).isEqualTo(expected);
    }
  }

  @Test
  void aForkContinuesAloneAndTheSame() {
    Random random = new Random(3);
    for (int round = 0; round < 30; round++) {
      try (Session original = session(512)) {
        original.append(randomTokens(random, 1 + random.nextInt(200)));
        if (random.nextBoolean()) {
          original.generate(request(DRAWN, 1 + random.nextInt(20)), GenerationListener.NONE);
        }
        try (Session fork = original.fork();
            Session astray = original.fork()) {
          assertThat(fork.tokens()).isEqualTo(original.tokens());
          astray.append(new int[] {1, 2, 3});
          List<Integer> expected =
              ids(original.generate(request(DRAWN, 20), GenerationListener.NONE));
          assertThat(ids(fork.generate(request(DRAWN, 20), GenerationListener.NONE)))
              .isEqualTo(expected);
          assertThat(ids(astray.generate(request(DRAWN, 20), GenerationListener.NONE)))
              .isNotEqualTo(expected);
        }
      }
    }
  }

  @Test
  void generatedTokensAreHeldAndSeen() {
    int[] prompt = {1, 2, 3};
    try (Session session = session(64);
        Session replay = session(64)) {
      session.append(prompt);
      Answer answer = session.generate(request(DRAWN, 10), GenerationListener.NONE);
      assertThat(answer.promptTokens()).isEqualTo(3);
      assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(session.size()).isEqualTo(13);
      int[] held = session.tokens();
      assertThat(Arrays.stream(held).skip(3).boxed().toList()).isEqualTo(ids(answer));
      replay.append(held);
      assertThat(ids(session.generate(request(DRAWN, 5), GenerationListener.NONE)))
          .isEqualTo(ids(replay.generate(request(DRAWN, 5), GenerationListener.NONE)));
    }
  }

  @Test
  void anAnswerEndsAtTheEndToken() {
    SamplingOptions towardsEnd = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, Map.of(END, 7f), 1);
    try (Session session = session(4096)) {
      session.append(new int[] {1});
      Answer answer =
          session.generate(
              new GenerationRequest(towardsEnd, 4000, List.of(), false, -1),
              GenerationListener.NONE);
      assertThat(answer.reason()).isEqualTo(FinishReason.END);
      assertThat(ids(answer)).endsWith(END);
      assertThat(ids(answer).indexOf(END)).isEqualTo(answer.tokens().size() - 1);
      assertThat(answer.text()).doesNotContain("</s>");
      assertThat(session.size()).isEqualTo(1 + answer.tokens().size());
      Answer beyond = session.generate(request(towardsEnd, 3000), GenerationListener.NONE);
      assertThat(ids(beyond).indexOf(END)).isBetween(0, 2998);
    }
  }

  @Test
  void anAnswerEndsWhereTheContextDoes() {
    try (Session session = session(20)) {
      session.append(new int[] {1, 2, 3, 4, 5});
      Answer answer = session.generate(request(DRAWN, 100), GenerationListener.NONE);
      assertThat(answer.reason()).isEqualTo(FinishReason.CONTEXT_FULL);
      assertThat(answer.tokens()).hasSize(15);
      Answer empty = session.generate(request(DRAWN, 100), GenerationListener.NONE);
      assertThat(empty.reason()).isEqualTo(FinishReason.CONTEXT_FULL);
      assertThat(empty.tokens()).isEmpty();
    }
  }

  @Test
  void theListenerStopsItWithinOneToken() {
    try (Session session = session(64)) {
      session.append(new int[] {1});
      int before = model.forwardCalls();
      List<GeneratedToken> seen = new ArrayList<>();
      Answer answer =
          session.generate(
              request(DRAWN, 50),
              token -> {
                seen.add(token);
                return seen.size() < 4;
              });
      assertThat(answer.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(answer.tokens()).isEqualTo(seen).hasSize(4);
      assertThat(model.forwardCalls() - before).isEqualTo(3);
    }
  }

  @Test
  void theTextIsWhatTheListenerSawAndEndsBeforeTheStopString() {
    Random random = new Random(5);
    // Few letters and a high temperature, so that short strings turn up.
    Map<Integer, Float> letters = Map.of(97, 50f, 98, 50f, 99, 50f, 0xC3, 50f, 0xA9, 50f);
    int stopped = 0;
    for (int round = 0; round < 200; round++) {
      SamplingOptions sampling =
          new SamplingOptions(5, 0, 1, 0, 1, 0, 0, letters, random.nextLong());
      List<String> stops = List.of("abc", "bb", "é", "caab");
      try (Session session = session(64);
          Session free = session(64)) {
        session.append(new int[] {round});
        free.append(new int[] {round});
        StringBuilder seen = new StringBuilder();
        Answer answer =
            session.generate(
                new GenerationRequest(sampling, 12, stops, true, -1),
                token -> {
                  seen.append(token.text());
                  return true;
                });
        assertThat(answer.text()).isEqualTo(seen.toString());
        String whole = free.generate(request(sampling, 12), GenerationListener.NONE).text();
        int end = whole.length();
        int completed = Integer.MAX_VALUE;
        for (String stop : stops) {
          int at = whole.indexOf(stop);
          if (at >= 0 && at + stop.length() < completed) {
            completed = at + stop.length();
            end = at;
          } else if (at >= 0 && at + stop.length() == completed) {
            end = Math.min(end, at);
          }
        }
        assertThat(answer.text()).isEqualTo(whole.substring(0, end));
        assertThat(answer.reason())
            .isEqualTo(end < whole.length() ? FinishReason.STOP_STRING : FinishReason.LENGTH);
        stopped += end < whole.length() ? 1 : 0;
      }
    }
    assertThat(stopped).isBetween(50, 199);
  }

  @Test
  void logprobsAreOfTheRawLogits() {
    try (Session session = session(64)) {
      session.append(new int[] {9});
      SamplingOptions biased = new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(65, 100f), 0);
      Answer answer =
          session.generate(
              new GenerationRequest(biased, 2, List.of(), true, 20), GenerationListener.NONE);
      GeneratedToken token = answer.tokens().get(0);
      assertThat(token.id()).isEqualTo(65);
      assertThat(token.alternatives()).hasSize(20);
      float[] logits = new float[258];
      HashModel twin = new HashModel(258, 64);
      var state = twin.newState(64, BlockFormat.F32);
      twin.forward(
          state,
          new int[] {9},
          0,
          1,
          dev.candor.engine.models.LogitsRequest.LAST,
          logits,
          dev.candor.engine.models.Trace.NONE);
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit);
      }
      assertThat((double) token.logprob())
          .isCloseTo(logits[65] - Math.log(sum), org.assertj.core.data.Offset.offset(1e-5));
      Integer[] order = new Integer[258];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
      for (int i = 0; i < 20; i++) {
        assertThat(token.alternatives().get(i).id()).isEqualTo(order[i]);
        assertThat((double) token.alternatives().get(i).logprob())
            .isCloseTo(logits[order[i]] - Math.log(sum), org.assertj.core.data.Offset.offset(1e-5));
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Session session = session(8)) {
      assertThatThrownBy(
              () -> session.generate(GenerationRequest.greedy(1), GenerationListener.NONE))
          .isInstanceOf(GenerationException.class)
          .extracting("code")
          .isEqualTo("generation.context-empty");
      assertThatThrownBy(() -> session.append(new int[9]))
          .extracting("code")
          .isEqualTo("generation.context-exceeded");
      assertThatThrownBy(() -> session.append(new int[] {1, 258}))
          .extracting("code")
          .isEqualTo("generation.token-unknown");
      assertThatThrownBy(() -> session.append(new int[] {-1}))
          .extracting("code")
          .isEqualTo("generation.token-unknown");
      assertThat(session.size()).isZero();
      session.append(new int[8]);
    }
    assertThatThrownBy(() -> session(5000)).extracting("code").isEqualTo("generation.out-of-range");
    Session closed = session(8);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.append(new int[] {1}))
        .extracting("code")
        .isEqualTo("generation.session-closed");
  }

  @Test
  void tellsHowMuchOfAPromptItBeginsWith() {
    try (Session session = session(8)) {
      session.append(new int[] {1, 2, 3});
      assertThat(session.commonPrefix(new int[] {1, 2, 3, 4})).isEqualTo(3);
      assertThat(session.commonPrefix(new int[] {1, 2})).isEqualTo(2);
      assertThat(session.commonPrefix(new int[] {1, 5, 3})).isEqualTo(1);
      assertThat(session.commonPrefix(new int[] {})).isZero();
    }
  }
}
