package dev.candor.server.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes the thoughts apart from the answer, in a text that comes in pieces. Thoughts stand between
 * {@code <think>} at the beginning of the text (or the prompt has begun them already) and a mark.
 */
final class ThoughtSplitter {

  private static final String BEGIN = "<think>";

  private enum Where {
    UNDECIDED,
    THOUGHTS,
    BEHIND_THE_MARK,
    ANSWER
  }

  private final String end;
  private final StringBuilder held = new StringBuilder();
  private Where where;

  /**
   * @param end the mark, if the model thinks aloud
   * @param begun whether the prompt ends within thoughts
   */
  ThoughtSplitter(Optional<String> end, boolean begun) {
    this.end = end.orElse("");
    this.where = end.isEmpty() ? Where.ANSWER : begun ? Where.THOUGHTS : Where.UNDECIDED;
  }

  /** Whether what comes now is thought. */
  boolean isThinking() {
    return where == Where.THOUGHTS;
  }

  /** What is certain with this piece: thoughts and text. */
  List<AnswerPart> next(String piece) {
    List<AnswerPart> parts = new ArrayList<>();
    held.append(piece);
    if (where == Where.UNDECIDED) {
      String text = held.toString().stripLeading();
      if (text.startsWith(BEGIN)) {
        held.setLength(0);
        held.append(text, BEGIN.length(), text.length());
        where = Where.THOUGHTS;
      } else if (!BEGIN.startsWith(text)) {
        where = Where.ANSWER;
      }
    }
    if (where == Where.THOUGHTS) {
      int mark = held.indexOf(end);
      if (mark >= 0) {
        add(parts, held.substring(0, mark), true);
        held.delete(0, mark + end.length());
        where = Where.BEHIND_THE_MARK;
      } else {
        int certain = held.length() - overlap(held, end);
        add(parts, held.substring(0, certain), true);
        held.delete(0, certain);
      }
    }
    if (where == Where.BEHIND_THE_MARK) {
      String text = held.toString().stripLeading();
      held.setLength(0);
      held.append(text);
      where = text.isEmpty() ? where : Where.ANSWER;
    }
    if (where == Where.ANSWER) {
      add(parts, held.toString(), false);
      held.setLength(0);
    }
    return parts;
  }

  /** The rest, when nothing more comes. */
  List<AnswerPart> finish() {
    List<AnswerPart> parts = new ArrayList<>();
    add(parts, held.toString(), where == Where.THOUGHTS);
    held.setLength(0);
    return parts;
  }

  private static void add(List<AnswerPart> parts, String text, boolean thought) {
    if (!text.isEmpty()) {
      parts.add(thought ? new AnswerPart.Thought(text) : new AnswerPart.Text(text));
    }
  }

  /** How many characters at the end of the text may be the beginning of the mark. */
  static int overlap(CharSequence text, String mark) {
    int most = Math.min(mark.length() - 1, text.length());
    for (int length = most; length > 0; length--) {
      if (mark.startsWith(text.subSequence(text.length() - length, text.length()).toString())) {
        return length;
      }
    }
    return 0;
  }
}
