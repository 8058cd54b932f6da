package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.KebabCase;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Within what a model was approved. Source: OSFI Guideline E-23 (2027): a model may be approved
 * with limitations; here they hold on the device.
 *
 * @param purposes what for, sorted; empty for all that the policy allows
 * @param tasks {@code generate}, {@code choose}, {@code head}, {@code embed}; empty for all
 * @param promptTokens most tokens that are read
 * @param maximumTokens most tokens of an answer
 */
public record ModelLimits(
    List<String> purposes,
    List<String> tasks,
    OptionalLong promptTokens,
    OptionalLong maximumTokens) {

  /** None. */
  public static final ModelLimits NONE =
      new ModelLimits(List.of(), List.of(), OptionalLong.empty(), OptionalLong.empty());

  private static final List<String> TASKS = List.of("generate", "choose", "head", "embed");

  public ModelLimits {
    purposes = purposes.stream().distinct().sorted().toList();
    purposes.forEach(it -> KebabCase.require(it, "limit-malformed", "a purpose of an approval"));
    tasks = tasks.stream().distinct().sorted().toList();
    for (String task : tasks) {
      if (!TASKS.contains(task)) {
        throw malformed("task", task, String.join(", ", TASKS));
      }
    }
    requirePositive("prompt-tokens", promptTokens);
    requirePositive("maximum-tokens", maximumTokens);
  }

  /** The same with no more tokens of an answer than this. */
  public ModelLimits atMost(OptionalLong tokens) {
    if (tokens.isEmpty()
        || maximumTokens.isPresent() && maximumTokens.getAsLong() <= tokens.getAsLong()) {
      return this;
    }
    return new ModelLimits(purposes, tasks, promptTokens, tokens);
  }

  /**
   * Why something is outside of them, if it is.
   *
   * @param tokens most tokens that the answer may have, 0 where there is none in tokens
   */
  public Optional<String> violation(String purpose, String task, long prompt, long tokens) {
    if (!purposes.isEmpty() && !purposes.contains(purpose)) {
      return Optional.of("the purpose " + purpose + " is none of " + String.join(", ", purposes));
    }
    if (!tasks.isEmpty() && !tasks.contains(task)) {
      return Optional.of("the task " + task + " is none of " + String.join(", ", tasks));
    }
    if (promptTokens.isPresent() && prompt > promptTokens.getAsLong()) {
      return Optional.of(
          "the prompt has " + prompt + " tokens, allowed are " + promptTokens.getAsLong());
    }
    if (maximumTokens.isPresent() && tokens > maximumTokens.getAsLong()) {
      return Optional.of(
          "the answer may have "
              + tokens
              + " tokens, allowed are "
              + maximumTokens.getAsLong()
              + " (--max-tokens)");
    }
    return Optional.empty();
  }

  /** Puts them among the values of an entry. */
  void put(EntryFields fields) {
    fields
        .put("purposes", joined(purposes))
        .put("tasks", joined(tasks))
        .put("prompt-tokens", promptTokens)
        .put("maximum-tokens", maximumTokens);
  }

  /** Reads them from an entry. */
  static ModelLimits of(Entry entry) {
    return new ModelLimits(
        list(entry, "purposes"),
        list(entry, "tasks"),
        EntryFields.optionalNumber(entry, "prompt-tokens"),
        EntryFields.optionalNumber(entry, "maximum-tokens"));
  }

  private static Optional<String> joined(List<String> words) {
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", words));
  }

  private static List<String> list(Entry entry, String name) {
    return entry.value(name).map(text -> Arrays.asList(text.split(" ", -1))).orElse(List.of());
  }

  private static void requirePositive(String name, OptionalLong value) {
    if (value.isPresent() && value.getAsLong() < 1) {
      throw malformed(name, Long.toString(value.getAsLong()), "1 or more");
    }
  }

  private static GovernanceException malformed(String name, String value, String allowed) {
    return new GovernanceException(
        "limit-malformed",
        name + " of an approval is '" + value + "', allowed is " + allowed,
        "Correct it, or leave it out for no such limit.");
  }
}
