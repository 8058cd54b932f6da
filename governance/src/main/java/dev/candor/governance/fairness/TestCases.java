package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The questions of a test.
 *
 * @param asked in their order
 * @param leftOut rows of a set that are of no group of the plan
 */
record TestCases(List<TestCase> asked, int leftOut) {

  /** What the groups of a view are called together, and those of a row. */
  static final String AND = " & ";

  TestCases {
    asked = List.copyOf(asked);
  }

  /**
   * Those that a test asks.
   *
   * @throws GovernanceException {@code governance.bias-set-malformed} if a set does not fit the
   *     plan, {@code governance.bias-set-empty} if it has no row of its groups
   */
  static TestCases of(BiasTest test, BiasSets sets, long seed) {
    BiasSet set = sets.set(test.set());
    TestCases cases =
        switch (set) {
          case BiasSet.Cases rows -> rows(test, rows);
          case BiasSet.Templates templates -> {
            TemplateTexts texts = new TemplateTexts(test, templates, sets.names(test), seed);
            yield new TestCases(
                test.kind() == BiasTest.Kind.PARITY ? texts.inTurns() : texts.ofEveryGroup(), 0);
          }
          case BiasSet.Questions questions -> new TestCases(questions(questions), 0);
          case BiasSet.Pairs pairs -> new TestCases(pairs(test, pairs), 0);
          case BiasSet.Names names ->
              throw new IllegalStateException(
                  names.name() + " was checked not to be a set of cases");
        };
    for (TestCase asked : cases.asked()) {
      if (asked.label().isPresent() && !asked.labels().contains(asked.label().get())) {
        throw BiasSetReader.unfit(
            set.name(), asked.id(), "has a label that is none of the plan: " + asked.label().get());
      }
    }
    return cases;
  }

  private static TestCases rows(BiasTest test, BiasSet.Cases set) {
    List<TestCase> asked = new ArrayList<>();
    int leftOut = 0;
    for (BiasSet.CaseRow row : set.rows()) {
      Map<String, String> groups = new LinkedHashMap<>();
      test.groups()
          .forEach((attribute, values) ->
              Optional.ofNullable(row.groups().get(attribute))
                  .filter(values::contains)
                  .ifPresent(group -> groups.put(attribute, group)));
      if (groups.size() < test.groups().size()) {
        leftOut++;
      } else {
        asked.add(
            new TestCase(row.id(), TestCase.PLAIN, row.text(), test.labels(), row.label(), groups));
      }
    }
    if (asked.isEmpty()) {
      throw new GovernanceException(
          "bias-set-empty",
          set.name() + " has no row of the groups of the test " + test.id(),
          "Compare the groups of the plan with those of the rows.");
    }
    return new TestCases(asked, leftOut);
  }

  private static List<TestCase> questions(BiasSet.Questions set) {
    return set.rows().stream()
        .map(row ->
            new TestCase(
                row.id(),
                TestCase.PLAIN,
                row.context() + "\n\n" + row.question(),
                row.answers(),
                Optional.of(row.answers().get(row.right())),
                Map.of()))
        .toList();
  }

  private static List<TestCase> pairs(BiasTest test, BiasSet.Pairs set) {
    List<TestCase> asked = new ArrayList<>();
    for (BiasSet.PairRow row : set.rows()) {
      List<String> labels = row.labels().isEmpty() ? test.labels() : row.labels();
      Optional<String> label = Optional.of(row.label());
      asked.add(new TestCase(row.id(), TestCase.PRO, row.pro(), labels, label, Map.of()));
      asked.add(new TestCase(row.id(), TestCase.ANTI, row.anti(), labels, label, Map.of()));
    }
    return asked;
  }
}
