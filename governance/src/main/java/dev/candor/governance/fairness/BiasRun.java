package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Asks a model all questions of a plan, each once however many tests ask it, and judges what it
 * says. The same model and plan give the same result everywhere, to the bit.
 */
public final class BiasRun {

  /** Is told how far a run is. */
  @FunctionalInterface
  public interface Progress {
    /** After each question: so many of so many are answered. */
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
   * @param isStopped asked before each question
   * @return nothing if it was stopped: half a run says nothing
   */
  public Optional<Result> run(LabelScorer scorer, Progress progress, BooleanSupplier isStopped) {
    long total = cases.values().stream().mapToLong(asked -> asked.asked().size()).sum();
    long done = 0;
    // Looked up alone, never gone through: its order reaches nothing.
    Map<LabelScorer.Question, List<Double>> known = new HashMap<>();
    List<TestOutcome> outcomes = new ArrayList<>();
    AnswerLines lines = new AnswerLines();
    for (BiasTest test : plan.tests()) {
      TestCases asked = cases(test.id());
      List<TestCase.Answer> answers = new ArrayList<>(asked.asked().size());
      for (TestCase one : asked.asked()) {
        if (isStopped.getAsBoolean()) {
          return Optional.empty();
        }
        LabelScorer.Question question =
            new LabelScorer.Question(one.text(), one.labels(), test.instruction());
        answers.add(
            new TestCase.Answer(one, known.computeIfAbsent(question, it -> ask(scorer, it))));
        progress.answered(++done, total);
      }
      answers.forEach(answer -> lines.add(test.id(), answer));
      outcomes.add(evaluate(test, answers, asked.leftOut()));
    }
    return Optional.of(new Result(plan.digest(), sets.digest(), outcomes, lines.bytes()));
  }

  private static List<Double> ask(LabelScorer scorer, LabelScorer.Question question) {
    List<Double> probabilities = new ArrayList<>();
    for (double probability : scorer.probabilities(question)) {
      probabilities.add(probability);
    }
    if (probabilities.size() != question.labels().size()) {
      throw new IllegalStateException(
          "a scorer gave "
              + probabilities.size()
              + " probabilities of "
              + question.labels().size()
              + " labels");
    }
    return probabilities;
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
