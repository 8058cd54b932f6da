package dev.candor.conformance.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.ReplayRun;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.ledger.entries.DecisionStarted;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of a replay: a thousand decisions, made with different numbers of threads, alone and
 * many at once, from fresh sessions, from conversations and from restored states, are computed
 * again by other kernels, and every one has the same bits.
 */
class ReplayContractTest {

  private static final int DECISIONS = 1_000;
  private static final SessionOptions SESSION = SessionOptions.ofContext(384);
  private static final Principal ANNA = Principal.of("anna", List.of(Role.values()));

  private @TempDir Path folder;

  @Test
  void aThousandDecisionsComeOutTheSame() {
    try (Governance governance = Governance.open(DecisionLoop.settings(folder))) {
      try (LanguageModel one = model("1", "");
          LanguageModel two = model("2", "")) {
        int quarter = DECISIONS / 4;
        alone(governance, one, 0, quarter);
        together(governance, two, quarter, 2 * quarter);
        conversation(governance, one, 2 * quarter, 3 * quarter);
        restored(governance, two, 3 * quarter, DECISIONS);
      }
      try (LanguageModel other = model("1", "vector")) {
        ReplayRun.Outcome outcome =
            new ReplayRun(governance, new Same(other)).run(ANNA, Long.MAX_VALUE, (_, _) -> true);
        assertThat(outcome.different()).isEmpty();
        assertThat(outcome.impossible()).isEmpty();
        assertThat(outcome.same()).isEqualTo(DECISIONS);
      }
    }
  }

  private static LanguageModel model(String threads, String kernels) {
    LoadOptions options = LoadOptions.defaults().withThreads(Integer.parseInt(threads));
    return LanguageModel.open(
        DecisionLoop.EMBEDDED, kernels.isEmpty() ? options : options.withKernels(kernels));
  }

  private record Same(LanguageModel language) implements Replay.Deciders {
    @Override
    public ModelIdentity model(DecisionStarted started) {
      return new ModelIdentity("candor-mini", language, Adapter.NONE);
    }

    @Override
    public SoftmaxHead head(DecisionStarted started) {
      throw new IllegalStateException("no head decided");
    }
  }

  private static void alone(Governance governance, LanguageModel language, int from, int to) {
    for (int i = from; i < to; i++) {
      decide(governance, language, task(language, i, List.of()), fresh(language));
    }
  }

  private static void together(Governance governance, LanguageModel language, int from, int to) {
    IntStream.range(from, to)
        .parallel()
        .forEach(i -> decide(governance, language, task(language, i, List.of()), fresh(language)));
  }

  /** Each question goes on from what the one before left in the session, as far as it fits. */
  private static void conversation(
      Governance governance, LanguageModel language, int from, int to) {
    try (Session session = language.newSession(SESSION)) {
      Session[] current = {session};
      ContextSource going =
          new ContextSource() {
            @Override
            public Optional<Session> read(int[] tokens, PrefillListener listener) {
              Session now = current[0];
              if (now.commonPrefix(tokens) < now.size() || now.size() == tokens.length) {
                now.close();
                now = language.newSession(SESSION);
                current[0] = now;
              }
              now.append(Arrays.copyOfRange(tokens, now.size(), tokens.length), listener);
              return Optional.of(now);
            }

            @Override
            public void done(Session read) {}
          };
      String answered = "";
      for (int i = from; i < to; i++) {
        List<String> before = i % 3 == 0 ? List.of() : List.of(question(i - 1), answered);
        Decision decision = decide(governance, language, task(language, i, before), going);
        answered = decision.output().text();
      }
      current[0].close();
    }
  }

  /** Each goes on from a state in a file that holds the beginning of its prompt. */
  private void restored(Governance governance, LanguageModel language, int from, int to) {
    Path file = folder.resolve("state");
    ContextSource restoring =
        new ContextSource() {
          @Override
          public Optional<Session> read(int[] tokens, PrefillListener listener) {
            int half = tokens.length / 2;
            try (Session beginning = language.newSession(SESSION)) {
              beginning.append(Arrays.copyOf(tokens, half));
              beginning.save(file);
            }
            Session session = language.restoreSession(file, SESSION);
            session.append(Arrays.copyOfRange(tokens, half, tokens.length), listener);
            return Optional.of(session);
          }

          @Override
          public void done(Session session) {
            session.close();
          }
        };
    for (int i = from; i < to; i++) {
      decide(governance, language, task(language, i, List.of()), restoring);
    }
  }

  private static ContextSource fresh(LanguageModel language) {
    return ContextSource.anew(language, SESSION);
  }

  private static Decision decide(
      Governance governance, LanguageModel language, DecisionTask task, ContextSource contexts) {
    return governance
        .pipeline()
        .decide(
            new DecisionRequest(
                ANNA,
                "assistance",
                Optional.empty(),
                Optional.empty(),
                new ModelIdentity("candor-mini", language, Adapter.NONE),
                "a question",
                task),
            contexts,
            DecisionListener.NONE);
  }

  private static String question(int number) {
    SplittableRandom random = new SplittableRandom(number);
    return "What is " + random.nextInt(1, 99) + " + " + random.nextInt(1, 99) + " * 3?";
  }

  /** Greedy, drawn, within a schema, or a choice, in turn. */
  private static DecisionTask task(LanguageModel language, int number, List<String> before) {
    List<ChatMessage> messages =
        before.isEmpty()
            ? List.of(ChatMessage.of("user", question(number)))
            : List.of(
                ChatMessage.of("user", before.get(0)),
                ChatMessage.of("assistant", before.get(1)),
                ChatMessage.of("user", question(number)));
    TokenIds prompt =
        TokenIds.of(language.chatFormat().orElseThrow().tokens(ChatRequest.of(messages)));
    SamplingOptions drawn =
        new SamplingOptions(1.1f, 30, 0.9f, 0.02f, 1.05f, 0.1f, 0.1f, Map.of(), number);
    return switch (number % 4) {
      case 0 -> generate(prompt, GenerationRequest.greedy(12));
      case 1 -> generate(prompt, new GenerationRequest(drawn, 12, List.of("\n"), false, -1));
      case 2 ->
          generate(prompt, GenerationRequest.greedy(12).within(Constraint.regex("[0-9 =+*]+")));
      default ->
          new DecisionTask.Choose(prompt, SESSION, List.of("yes", "no", "12"), Optional.empty());
    };
  }

  private static DecisionTask generate(TokenIds prompt, GenerationRequest request) {
    return new DecisionTask.Generate(prompt, SESSION, request, Optional.empty());
  }
}
