package dev.candor.cli;

import dev.candor.engine.generation.ChatFormat;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.engine.tokenizers.LiteralRanges;
import dev.candor.training.adapters.ExampleBatches;
import dev.candor.training.data.DataRow;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a data set as a model meets them when it is asked about them, each with the answer that
 * it should give and the token that ends it.
 */
final class AnsweredRows {

  private final TextTask task;
  private final SealedQuestions questions;
  private final int longest;
  private final int end;

  /**
   * @param longest most tokens of a row
   */
  AnsweredRows(TextTask task, SealedQuestions questions, int longest) {
    this.task = task;
    this.questions = questions;
    this.longest = longest;
    this.end = end(task.language());
  }

  /** All, in their order. */
  List<Encoded> of(List<DataRow> rows) {
    List<Encoded> examples = new ArrayList<>();
    for (DataRow row : rows) {
      int[] label = task.language().tokenizer().encode(row.label(), false, LiteralRanges.ALL);
      int[] answer = Arrays.copyOf(label, label.length + 1);
      answer[label.length] = end;
      examples.add(
          ExampleBatches.example(
              task.tokens(questions.words(row)), answer, longest, "row " + row.id()));
    }
    return examples;
  }

  /** So many of the rows, evenly spread. */
  static List<DataRow> some(List<DataRow> rows, int most) {
    if (rows.size() <= most) {
      return rows;
    }
    List<DataRow> some = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      some.add(rows.get((int) ((long) i * rows.size() / most)));
    }
    return some;
  }

  /** The token with which the model's template ends an answer; without one, the first end token. */
  private static int end(LanguageModel language) {
    if (language.chatFormat().isPresent()) {
      ChatFormat format = language.chatFormat().get();
      int[] chat =
          format.tokens(
              ChatRequest.of(
                  List.of(ChatMessage.of("user", "a"), ChatMessage.of("assistant", "b"))));
      for (int i = chat.length - 1; i >= 0; i--) {
        if (language.isEnd(chat[i])) {
          return chat[i];
        }
      }
    }
    for (int id = 0; id < language.model().vocabularySize(); id++) {
      if (language.isEnd(id)) {
        return id;
      }
    }
    throw new CommandException(
        "model.no-end-token",
        "the model has no token that ends an answer",
        "Use a checkpoint whose configuration names one.");
  }
}
