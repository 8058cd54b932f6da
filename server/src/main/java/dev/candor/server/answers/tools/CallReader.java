package dev.candor.server.answers.tools;

import dev.candor.engine.constraints.CallForm;
import dev.candor.server.answers.AnswerPart;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes calls of tools apart from the text of an answer that comes in pieces. Text goes out as soon
 * as it cannot be the beginning of a call; arguments go out as they come.
 */
public final class CallReader {

  private final String open;
  private final String close;
  private final boolean bracesAreCalls;
  private final StringBuilder held = new StringBuilder();
  private boolean inCalls;
  private boolean textCame;
  private int calls;
  private CallScanner scanner = new CallScanner(0);

  /**
   * @param form how calls are written; spaces and line ends around marks may be others
   * @param begun whether the prompt has begun the calls already
   */
  public CallReader(CallForm form, boolean begun) {
    // A bracket around the calls may stand apart from the mark.
    open = form.open().strip().replaceFirst("\\[$", "");
    close = form.close().strip().replaceFirst("^]", "");
    bracesAreCalls = open.isEmpty();
    inCalls = begun;
  }

  /** How many calls there were so far. */
  public int calls() {
    return calls;
  }

  /** What is certain with this piece. */
  public List<AnswerPart> next(String piece) {
    List<AnswerPart> parts = new ArrayList<>();
    held.append(piece);
    boolean more = true;
    while (more && !held.isEmpty()) {
      more = inCalls ? readCalls(parts) : readText(parts);
    }
    return parts;
  }

  /** Reads text up to where calls begin; false if more has to come first. */
  private boolean readText(List<AnswerPart> parts) {
    if (bracesAreCalls) {
      String text = held.toString();
      if (!textCame && text.isBlank()) {
        return false;
      }
      if (!textCame && text.stripLeading().startsWith("{")) {
        inCalls = true;
        return true;
      }
      text(parts, text);
      held.setLength(0);
      return false;
    }
    int begin = held.indexOf(open);
    if (begin >= 0) {
      String before = held.substring(0, begin);
      if (!before.isBlank()) {
        text(parts, before.stripTrailing());
      }
      held.delete(0, begin + open.length());
      inCalls = true;
      return true;
    }
    int certain = held.length() - openOverlap();
    // Blanks before a call are no text.
    while (certain > 0 && Character.isWhitespace(held.charAt(certain - 1))) {
      certain--;
    }
    text(parts, held.substring(0, certain));
    held.delete(0, certain);
    return false;
  }

  private int openOverlap() {
    int most = Math.min(open.length() - 1, held.length());
    for (int length = most; length > 0; length--) {
      if (open.startsWith(held.substring(held.length() - length))) {
        return length;
      }
    }
    return 0;
  }

  private void text(List<AnswerPart> parts, String text) {
    if (!text.isEmpty()) {
      textCame = true;
      parts.add(new AnswerPart.Text(text));
    }
  }

  /** Reads calls and what is between them; false if more has to come first. */
  private boolean readCalls(List<AnswerPart> parts) {
    if (scanner.isOutside()) {
      int brace = held.indexOf("{");
      int end = close.isEmpty() ? -1 : held.indexOf(close);
      if (end >= 0 && (brace < 0 || end < brace)) {
        held.delete(0, end + close.length());
        inCalls = false;
        return true;
      }
      if (brace < 0) {
        // What may be the beginning of the mark that ends the calls stays.
        int keep = Math.min(held.length(), Math.max(0, close.length() - 1));
        held.delete(0, held.length() - keep);
        return false;
      }
      held.delete(0, brace);
    }
    int read = scanner.read(held, parts);
    held.delete(0, read);
    if (scanner.isDone()) {
      calls += scanner.hasBegun() ? 1 : 0;
      if (!scanner.hasBegun()) {
        text(parts, scanner.raw());
      }
      scanner = new CallScanner(calls);
      return true;
    }
    return false;
  }

  /** The rest, when nothing more comes. */
  public List<AnswerPart> finish() {
    List<AnswerPart> parts = new ArrayList<>();
    if (inCalls && !scanner.isOutside()) {
      if (scanner.hasBegun()) {
        // It was cut off within its arguments, which the reason of the end says.
        calls++;
      } else {
        text(parts, scanner.raw() + held);
      }
    } else if (!inCalls) {
      text(parts, held.toString());
    }
    held.setLength(0);
    return parts;
  }
}
