package dev.candor.cli;

import dev.candor.engine.generation.GeneratedToken;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionListener;
import java.util.function.BooleanSupplier;

/** Prints an answer as it comes, keeping the time. To close it removes what it says meanwhile. */
final class AnswerPrinter implements DecisionListener, AutoCloseable {

  private final Streams streams;
  private final boolean silent;
  private final BooleanSupplier stopped;
  private final int promptTokens;
  private final ProgressLine progress;
  private final long started = System.nanoTime();
  private long firstToken;
  private long lastToken;
  private boolean endsLine = true;

  /**
   * @param silent whether to print nothing, as for JSON
   * @param promptTokens that will be read
   * @param stopped asked often: whether the user has had enough
   */
  AnswerPrinter(Streams streams, boolean silent, int promptTokens, BooleanSupplier stopped) {
    this.streams = streams;
    this.silent = silent;
    this.stopped = stopped;
    this.promptTokens = promptTokens;
    this.progress = new ProgressLine(streams);
    // It is the first thing that a decision needs, and takes seconds for a large file.
    progress.draw("computing the digest of the model");
  }

  /** What the line after the answer says, once the decision is recorded. */
  AnswerSummary summary(Decision decision) {
    progress.close();
    if (decision.repeated() && !silent) {
      streams.out().print(shown(decision.output().text()));
      endsLine = decision.output().text().endsWith("\n");
    }
    if (!silent && !endsLine) {
      streams.out().println();
      streams.out().flush();
    }
    return new AnswerSummary(
        decision, Math.max(0, firstToken - started), Math.max(0, lastToken - firstToken));
  }

  @Override
  public void onAdmitted(String id) {
    progress.draw("reading the prompt: " + promptTokens + " tokens");
  }

  @Override
  public boolean onProgress(int done, int total) {
    if (done < total) {
      progress.draw("reading the prompt: " + done + " of " + total + " tokens");
    } else {
      progress.close();
    }
    return !stopped.getAsBoolean();
  }

  @Override
  public boolean onToken(GeneratedToken token) {
    lastToken = System.nanoTime();
    if (firstToken == 0) {
      firstToken = lastToken;
    }
    if (!silent && !token.text().isEmpty()) {
      streams.out().print(shown(token.text()));
      streams.out().flush();
      endsLine = token.text().endsWith("\n");
    }
    // A reader that has gone away, such as head, ends the answer too.
    return !stopped.getAsBoolean() && !streams.out().checkError();
  }

  @Override
  public void close() {
    progress.close();
  }

  private String shown(String text) {
    return streams.outIsTerminal() ? harmless(text) : text;
  }

  /**
   * The text without what a terminal obeys: a model from anywhere must not move the cursor, change
   * the title or answer for the user. A pipe gets the text as it is.
   */
  static String harmless(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c ->
            shown.appendCodePoint(
                Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c));
    return shown.toString();
  }
}
