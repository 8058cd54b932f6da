package dev.candor.cli;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.PrefillListener;
import dev.candor.engine.generation.Session;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Gives a prompt to a session and prints the answer as it comes, keeping the time. */
final class AnswerPrinter implements GenerationListener, PrefillListener {

  private final Streams streams;
  private final boolean silent;
  private final BooleanSupplier stopped;
  private final ProgressLine progress;
  private long started;
  private long firstToken;
  private long lastToken;
  private boolean endsLine = true;

  /**
   * @param silent whether to print nothing, as for JSON
   * @param stopped asked often: whether the user has had enough
   */
  AnswerPrinter(Streams streams, boolean silent, BooleanSupplier stopped) {
    this.streams = streams;
    this.silent = silent;
    this.stopped = stopped;
    this.progress = new ProgressLine(streams);
  }

  /**
   * Answers.
   *
   * @param prompt tokens to append to the session
   * @param digest of the model; asked for after the answer is there
   */
  AnswerSummary answer(
      Session session, int[] prompt, GenerationRequest request, Supplier<String> digest) {
    started = System.nanoTime();
    firstToken = 0;
    endsLine = true;
    Optional<String> adapter = session.options().adapter().digest();
    int read;
    try (progress) {
      progress.draw("reading the prompt: " + prompt.length + " tokens");
      read = session.append(prompt, this);
    }
    if (read < prompt.length) {
      // Stopped before there was a token.
      Answer none =
          new Answer(
              "", List.of(), Answer.FinishReason.CANCELLED, session.size(), 0, Optional.empty());
      return new AnswerSummary(none, System.nanoTime() - started, 0, named(digest), adapter);
    }
    Answer answer = session.generate(request, this);
    if (!silent && !endsLine) {
      streams.out().println();
      streams.out().flush();
    }
    return new AnswerSummary(
        answer, firstToken - started, lastToken - firstToken, named(digest), adapter);
  }

  /** The digest; to compute that of a large file takes seconds. */
  private String named(Supplier<String> digest) {
    try (progress) {
      progress.draw("computing the digest of the model");
      return digest.get();
    }
  }

  @Override
  public boolean onProgress(int done, int total) {
    if (done < total) {
      progress.draw("reading the prompt: " + done + " of " + total + " tokens");
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
      streams.out().print(streams.outIsTerminal() ? harmless(token.text()) : token.text());
      streams.out().flush();
      endsLine = token.text().endsWith("\n");
    }
    // A reader that has gone away, such as head, ends the answer too.
    return !stopped.getAsBoolean() && !streams.out().checkError();
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
