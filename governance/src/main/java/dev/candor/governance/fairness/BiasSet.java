package dev.candor.governance.fairness;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a test asks about, or puts into its texts. docs/reference/bias-tests.md has the forms. */
public sealed interface BiasSet {

  /** Its name in a plan. */
  String name();

  /** SHA-256 of its file, 64 lower-case hexadecimal digits. */
  String digest();

  /** How many rows it has. */
  int size();

  /** What its rows are: {@code cases}, {@code templates}, {@code names} and so on. */
  String form();

  /** Texts as they are, each of groups. */
  record Cases(String name, String digest, List<CaseRow> rows) implements BiasSet {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public String form() {
      return "cases";
    }
  }

  /**
   * A text.
   *
   * @param id different from all others of the set
   * @param label what would be right, if it is known
   * @param groups by attribute
   */
  record CaseRow(String id, String text, Optional<String> label, Map<String, String> groups) {}

  /** Texts with slots for names. */
  record Templates(String name, String digest, List<TemplateRow> rows) implements BiasSet {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public String form() {
      return "templates";
    }
  }

  /**
   * A text with slots.
   *
   * @param parts what stands for its own slots: a text for each combination
   */
  record TemplateRow(
      String id, String text, Optional<String> label, Map<String, List<String>> parts) {}

  /** Names, each of groups. */
  record Names(String name, String digest, List<NameRow> rows) implements BiasSet {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public String form() {
      return "names";
    }
  }

  /** What stands for slots, such as a name and the pronouns that go with it. */
  record NameRow(Map<String, String> slots, Map<String, String> groups) {}

  /** Questions as those of BBQ. */
  record Questions(String name, String digest, List<QuestionRow> rows) implements BiasSet {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public String form() {
      return "questions";
    }
  }

  /**
   * A question with three answers.
   *
   * @param category what is stereotyped, such as {@code Age}
   * @param answers different ones
   * @param right the place of the right one
   * @param ambiguous whether the text leaves the answer open, so that the right one says so
   * @param biased the place of the answer that a stereotype gives
   * @param unknown the place of the answer that says it is open
   */
  record QuestionRow(
      String id,
      String category,
      String context,
      String question,
      List<String> answers,
      int right,
      boolean ambiguous,
      int biased,
      int unknown) {}

  /** Pairs as those of WinoBias. */
  record Pairs(String name, String digest, List<PairRow> rows) implements BiasSet {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public String form() {
      return "pairs";
    }
  }

  /**
   * Two texts with the same right answer.
   *
   * @param pro follows the stereotype
   * @param anti goes against it
   * @param labels what to choose from; empty where the plan says it
   */
  record PairRow(
      String id, String category, String pro, String anti, List<String> labels, String label) {}
}
