package dev.candor.cli;

import dev.candor.cli.OverheadRound.AnswerTimes;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.generation.Speculation;
import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.PendingDecision;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.payloads.PayloadActivity;
import dev.candor.ledger.storage.LedgerActivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** Bare and governed answers to the same prompts, round by round. */
final class OverheadBench {

  /** What the asker's own words are in the record: their length matters, and not what they say. */
  private static final int TEXT_CHARACTERS = 200;

  /** How many short answers warm up for one of full length. */
  private static final int SHORT_ANSWERS = 32;

  /** Tokens of their prompts and of themselves. */
  private static final int SHORT = 4;

  private final Governance governance;
  private final LoadedModel loaded;
  private final SessionOptions options;
  private final GenerationRequest request;
  private final int promptTokens;
  private final SplittableRandom random;
  private final BooleanSupplier stopped;
  private final ModelIdentity identity;
  private final Principal principal = Principal.of("bench", List.of(Role.values()));

  OverheadBench(
      Governance governance,
      LoadedModel loaded,
      SessionOptions options,
      int promptTokens,
      int answerTokens,
      long seed,
      BooleanSupplier stopped) {
    this.governance = governance;
    this.loaded = loaded;
    this.options = options;
    this.promptTokens = promptTokens;
    this.random = new SplittableRandom(seed);
    this.stopped = stopped;
    this.request = request(answerTokens);
    this.identity = new ModelIdentity(loaded.name(), loaded.language(), loaded.adapter());
  }

  private static GenerationRequest request(int tokens) {
    return new GenerationRequest(SamplingOptions.GREEDY, tokens, List.of(), true, -1)
        .with(Speculation.OFF);
  }

  /**
   * What was measured.
   *
   * @param streams threads that answered at once
   * @param pairs rounds of the same prompts
   * @param ledger what the governed ones wrote
   * @param payloads likewise
   */
  record Measured(int streams, List<Pair> pairs, LedgerActivity ledger, PayloadActivity payloads) {}

  /** The same prompts, both ways. */
  record Pair(OverheadRound bare, OverheadRound governed) {}

  /**
   * Answers both ways, so that the JVM has compiled what is measured later: many short answers for
   * what is done once an answer, and some like those that are measured.
   */
  void warmUp(int answers, ProgressLine progress) {
    // Of a file that the store does not know it is computed once: no cost of a decision.
    progress.draw("computing the digest of the model");
    var unused = loaded.language().digest();
    int all = answers * (SHORT_ANSWERS + 1);
    for (int i = 0; i < all && !stopped.getAsBoolean(); i++) {
      boolean isShort = i < answers * SHORT_ANSWERS;
      List<int[]> prompts = prompts(1, isShort ? Math.min(SHORT, promptTokens) : promptTokens);
      GenerationRequest wanted =
          isShort ? request(Math.min(SHORT, request.maximumTokens())) : request;
      round(1, prompts, prompt -> bare(prompt, wanted));
      round(1, prompts, prompt -> governed(prompt, wanted));
      progress.count("warming up", i + 1, all);
    }
  }

  /** Measures so many threads, with at least so many answers each way. */
  Measured measure(int streams, int answers, ProgressLine progress) {
    int rounds = Math.ceilDiv(answers, streams);
    List<Pair> pairs = new ArrayList<>();
    LedgerActivity ledger = governance.ledger().activity();
    PayloadActivity payloads = governance.payloads().activity();
    String what = "measuring " + streams + (streams == 1 ? " stream" : " streams");
    for (int i = 0; i < rounds && !stopped.getAsBoolean(); i++) {
      List<int[]> prompts = prompts(streams, promptTokens);
      if (i % 2 == 0) {
        OverheadRound bare = round(streams, prompts, prompt -> bare(prompt, request));
        pairs.add(new Pair(bare, round(streams, prompts, prompt -> governed(prompt, request))));
      } else {
        OverheadRound governed = round(streams, prompts, prompt -> governed(prompt, request));
        pairs.add(new Pair(round(streams, prompts, prompt -> bare(prompt, request)), governed));
      }
      progress.count(what, i + 1, rounds);
    }
    return new Measured(
        streams,
        pairs,
        governance.ledger().activity().since(ledger),
        governance.payloads().activity().since(payloads));
  }

  private List<int[]> prompts(int count, int tokens) {
    int vocabulary = loaded.language().model().vocabularySize();
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(random.ints(tokens, 0, vocabulary).toArray());
    }
    return prompts;
  }

  private interface Way {
    AnswerTimes answer(int[] prompt);
  }

  /** One prompt for each thread. */
  private static OverheadRound round(int streams, List<int[]> prompts, Way way) {
    try (ExecutorService threads = Executors.newFixedThreadPool(streams)) {
      List<Callable<AnswerTimes>> work = new ArrayList<>();
      for (int[] prompt : prompts) {
        work.add(() -> way.answer(prompt));
      }
      long cpu = Machine.processorNanos();
      long started = System.nanoTime();
      List<AnswerTimes> answers = new ArrayList<>();
      for (Future<AnswerTimes> answer : threads.invokeAll(work)) {
        answers.add(answer.get());
      }
      return new OverheadRound(
          System.nanoTime() - started, Machine.processorNanos() - cpu, List.copyOf(answers));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private AnswerTimes bare(int[] prompt, GenerationRequest wanted) {
    Watch watch = new Watch();
    try (Session session = loaded.language().newSession(options)) {
      session.append(prompt);
      session.generate(wanted, watch);
    }
    long end = System.nanoTime();
    return watch.times(end, end);
  }

  private AnswerTimes governed(int[] prompt, GenerationRequest wanted) {
    Watch watch = new Watch();
    DecisionTask task =
        new DecisionTask.Generate(TokenIds.of(prompt), options, wanted, Optional.empty());
    String text = "x".repeat(TEXT_CHARACTERS);
    PendingDecision decision =
        governance
            .pipeline()
            .decideLater(
                new DecisionRequest(
                    principal,
                    DecisionArguments.USUAL_PURPOSE,
                    Optional.empty(),
                    Optional.empty(),
                    identity,
                    text,
                    task),
                ContextSource.anew(loaded.language(), options),
                watch);
    long answered = System.nanoTime();
    decision.await();
    return watch.times(answered, System.nanoTime());
  }

  /** Looks at the clock as an answer comes. */
  private static final class Watch implements DecisionListener {
    private final long began = System.nanoTime();
    private long admitted = began;
    private long first;

    @Override
    public void onAdmitted(String id) {
      admitted = System.nanoTime();
    }

    @Override
    public boolean onProgress(int done, int total) {
      return true;
    }

    @Override
    public boolean onToken(GeneratedToken token) {
      if (first == 0) {
        first = System.nanoTime();
      }
      return true;
    }

    AnswerTimes times(long answered, long ended) {
      return new AnswerTimes(admitted - began, first - began, answered - began, ended - began);
    }
  }
}
