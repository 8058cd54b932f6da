package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Asks a model all questions of a plan, each once however many tests ask it, and judges what it
 * says. The same model and plan give the same result everywhere, to the bit.
 */
public final class BiasRun {

  /** Most questions that are given to the model at once. */
  public static final int TOGETHER = 64;

  /** Is told how far a run is. */
  @FunctionalInterface
  public interface Progress {
    /** Now so many of so many are answered. */
    void answered(long done, long total);
  }

  /**
   * What came out.
   *
   * @param plan SHA-256 of the plan
   * @param sets SHA-256 over its sets
   * @param tests in the order of the plan
   * @param answers a JSON object in each line, UTF-8, without the texts: see {@link AnswerLines}
   */
  public record Result(String plan, String sets, List<TestOutcome> tests, byte[] answers) {
    public Result {
      tests = List.copyOf(tests);
    }

    /** The worst of all tests. */
    public Verdict verdict() {
      return Judge.worst(tests.stream().map(TestOutcome::verdict).toList());
    }
  }

  private final BiasPlan plan;
  private final BiasSets sets;
  private final Map<String, TestCases> cases = new LinkedHashMap<>();

  /**
   * Writes all questions.
   *
   * @throws dev.candor.governance.GovernanceException {@code governance.bias-set-malformed}, {@code
   *     governance.bias-set-empty} if sets do not fit the plan
   */
  public BiasRun(BiasPlan plan, BiasSets sets) {
    this.plan = plan;
    this.sets = sets;
    for (BiasTest test : plan.tests()) {
      cases.put(test.id(), TestCases.of(test, sets, plan.seed()));
    }
  }

  /** How many questions each test asks, by its id. */
  public Map<String, Integer> questions() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    cases.forEach((id, asked) -> counts.put(id, asked.asked().size()));
    return counts;
  }

  private TestCases cases(String test) {
    return Objects.requireNonNull(cases.get(test), test);
  }

  /** A few of the texts of a test, for people to look at. */
  public List<String> examples(String test, int most) {
    return cases(test).asked().stream().limit(most).map(TestCase::text).toList();
  }

  /**
   * Runs all tests.
   *
   * @param isStopped asked before each {@value #TOGETHER} questions
   * @return nothing if it was stopped: half a run says nothing
   */
  public Optional<Result> run(LabelScorer scorer, Progress progress, BooleanSupplier isStopped) {
    long total = cases.values().stream().mapToLong(asked -> asked.asked().size()).sum();
    Answers known = new Answers(scorer);
    List<TestOutcome> outcomes = new ArrayList<>();
    AnswerLines lines = new AnswerLines();
    long done = 0;
    for (BiasTest test : plan.tests()) {
      TestCases asked = cases(test.id());
      List<TestCase.Answer> answers = new ArrayList<>(asked.asked().size());
      for (int from = 0; from < asked.asked().size(); from += TOGETHER) {
        if (isStopped.getAsBoolean()) {
          return Optional.empty();
        }
        List<TestCase> some =
            asked.asked().subList(from, Math.min(from + TOGETHER, asked.asked().size()));
        answers.addAll(known.of(test, some));
        done += some.size();
        progress.answered(done, total);
      }
      answers.forEach(answer -> lines.add(test.id(), answer));
      outcomes.add(evaluate(test, answers, asked.leftOut()));
    }
    return Optional.of(new Result(plan.digest(), sets.digest(), outcomes, lines.bytes()));
  }

  /** What a model has said, so that it is asked each question once. */
  private static final class Answers {
    private final LabelScorer scorer;

    /** Looked up alone, never gone through: its order reaches nothing. */
    private final Map<Asked, List<Double>> known = new HashMap<>();

    private record Asked(LabelScorer.Question question, String text) {}

    Answers(LabelScorer scorer) {
      this.scorer = scorer;
    }

    List<TestCase.Answer> of(BiasTest test, List<TestCase> cases) {
      Map<LabelScorer.Question, Set<String>> open = new LinkedHashMap<>();
      for (TestCase one : cases) {
        Asked asked = asked(test, one);
        if (!known.containsKey(asked)) {
          open.computeIfAbsent(asked.question(), _ -> new LinkedHashSet<>()).add(asked.text());
        }
      }
      open.forEach((question, texts) -> ask(question, List.copyOf(texts)));
      return cases.stream()
          .map(one -> new TestCase.Answer(one, Objects.requireNonNull(known.get(asked(test, one)))))
          .toList();
    }

    private static Asked asked(BiasTest test, TestCase one) {
      return new Asked(new LabelScorer.Question(one.labels(), test.instruction()), one.text());
    }

    private void ask(LabelScorer.Question question, List<String> texts) {
      List<double[]> said = scorer.probabilities(question, texts);
      if (said.size() != texts.size()) {
        throw new IllegalStateException(
            "a scorer answered " + said.size() + " of " + texts.size() + " texts");
      }
      for (int i = 0; i < texts.size(); i++) {
        List<Double> probabilities = Arrays.stream(said.get(i)).boxed().toList();
        if (probabilities.size() != question.labels().size()) {
          throw new IllegalStateException(
              "a scorer gave "
                  + probabilities.size()
                  + " probabilities of "
                  + question.labels().size()
                  + " labels");
        }
        known.put(new Asked(question, texts.get(i)), probabilities);
      }
    }
  }

  private TestOutcome evaluate(BiasTest test, List<TestCase.Answer> answers, int leftOut) {
    return switch (test.kind()) {
      case PARITY -> new ParityEvaluation(plan, test).evaluate(answers, leftOut);
      case NAME_SWAP -> new NameSwapEvaluation(plan, test).evaluate(answers);
      case QUESTIONS ->
          new StereotypeEvaluation(plan, test)
              .questions((BiasSet.Questions) sets.set(test.set()), answers);
      case PAIRS ->
          new StereotypeEvaluation(plan, test).pairs((BiasSet.Pairs) sets.set(test.set()), answers);
    };
  }
}
