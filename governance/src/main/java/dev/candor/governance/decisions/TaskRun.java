package dev.candor.governance.decisions;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.ChoiceDistribution;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** Does what a task says: the same whether it is asked for or replayed. */
final class TaskRun {

  private final LanguageModel language;
  private final ContextSource contexts;
  private final DecisionListener listener;
  private final long began = System.nanoTime();
  private long firstToken;

  TaskRun(LanguageModel language, ContextSource contexts, DecisionListener listener) {
    this.language = language;
    this.contexts = contexts;
    this.listener = listener;
  }

  DecisionOutput run(DecisionTask task) {
    return switch (task) {
      case DecisionTask.Generate it -> inContext(it.prompt(), session -> generate(it, session));
      case DecisionTask.Choose it -> inContext(it.prompt(), session -> choose(it, session));
      case DecisionTask.Head it -> read(it);
      case DecisionTask.Embed it -> embed(it);
    };
  }

  private interface Work {
    DecisionOutput in(Session session);
  }

  private DecisionOutput inContext(TokenIds prompt, Work work) {
    Optional<Session> session = contexts.read(prompt.toArray(), listener);
    if (session.isEmpty()) {
      return stopped(List.of());
    }
    DecisionOutput output;
    try {
      output = work.in(session.get());
    } catch (RuntimeException | Error e) {
      contexts.failed(session.get());
      throw e;
    }
    contexts.done(session.get());
    return output;
  }

  private DecisionOutput generate(DecisionTask.Generate task, Session session) {
    List<GeneratedToken> thoughts = new ArrayList<>();
    if (!think(task.thinking(), session, thoughts)) {
      return stopped(thoughts);
    }
    Answer answer = session.generate(task.request().withLogitsDigest(), this::seen);
    return new DecisionOutput(
        DecisionOutput.outcome(answer.reason()),
        answer.text(),
        ids(thoughts, answer.tokens()),
        thoughts.size(),
        List.of(),
        answer.logitsDigest(),
        answer.steps(),
        firstToken,
        Optional.of(answer));
  }

  private DecisionOutput choose(DecisionTask.Choose task, Session session) {
    List<GeneratedToken> thoughts = new ArrayList<>();
    if (!think(task.thinking(), session, thoughts) || !listener.mayGoOn()) {
      return stopped(thoughts);
    }
    ChoiceDistribution distribution = session.distribution(task.choices());
    if (!listener.mayGoOn()) {
      return stopped(thoughts);
    }
    firstToken = System.nanoTime() - began;
    return chosen(
        task.choices(),
        distribution.probabilities(),
        ids(thoughts, List.of()),
        Optional.of(distribution.logitsDigest()));
  }

  private DecisionOutput read(DecisionTask.Head task) {
    if (!listener.mayGoOn()) {
      return stopped(List.of());
    }
    double[] probabilities = task.head().probabilities(language, task.text(), task.session());
    if (!listener.mayGoOn()) {
      return stopped(List.of());
    }
    firstToken = System.nanoTime() - began;
    return chosen(
        task.head().labels(),
        DoubleStream.of(probabilities).boxed().toList(),
        TokenIds.of(),
        Optional.empty());
  }

  private DecisionOutput embed(DecisionTask.Embed task) {
    if (!listener.mayGoOn()) {
      return stopped(List.of());
    }
    float[] vector = language.hiddenState(task.tokens().toArray(), task.pooling(), task.session());
    if (!listener.mayGoOn()) {
      return stopped(List.of());
    }
    firstToken = System.nanoTime() - began;
    String digest = digest(vector);
    listener.onVector(vector);
    return new DecisionOutput(
        "embedded",
        "",
        TokenIds.of(),
        0,
        List.of(),
        Optional.of(digest),
        1,
        firstToken,
        Optional.empty());
  }

  /** SHA-256 of the numbers, each as four bytes, lowest first. */
  private static String digest(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : vector) {
      bytes.putFloat(number);
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private DecisionOutput chosen(
      List<String> choices,
      List<Double> probabilities,
      TokenIds thoughts,
      Optional<String> logits) {
    return new DecisionOutput(
        "chosen",
        choices.get(best(probabilities)),
        thoughts,
        thoughts.size(),
        probabilities,
        logits,
        1,
        firstToken,
        Optional.empty());
  }

  /** The place of the largest; of several the first. */
  static int best(List<Double> probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.size(); i++) {
      best = probabilities.get(i) > probabilities.get(best) ? i : best;
    }
    return best;
  }

  /** Adds the thoughts; false if they were stopped. */
  private boolean think(
      Optional<Thinking> thinking, Session session, List<GeneratedToken> thoughts) {
    if (thinking.isEmpty()) {
      return true;
    }
    GenerationRequest request =
        new GenerationRequest(
            SamplingOptions.GREEDY,
            thinking.get().maximumTokens(),
            List.of(thinking.get().end()),
            false,
            -1);
    Answer answer = session.generate(request, listener::onThought);
    thoughts.addAll(answer.tokens());
    return answer.reason() != Answer.FinishReason.CANCELLED;
  }

  private static DecisionOutput stopped(List<GeneratedToken> thoughts) {
    return new DecisionOutput(
        "stopped",
        "",
        ids(thoughts, List.of()),
        thoughts.size(),
        List.of(),
        Optional.empty(),
        0,
        0,
        Optional.empty());
  }

  private boolean seen(GeneratedToken token) {
    if (firstToken == 0) {
      firstToken = System.nanoTime() - began;
    }
    return listener.onToken(token);
  }

  private static TokenIds ids(List<GeneratedToken> thoughts, List<GeneratedToken> answer) {
    List<GeneratedToken> all = new ArrayList<>(thoughts);
    all.addAll(answer);
    return TokenIds.of(all.stream().mapToInt(GeneratedToken::id).toArray());
  }
}
