package dev.candor.cli;

import dev.candor.training.lessons.Split;
import dev.candor.training.runs.LessonScore;
import dev.candor.training.runs.TrainingListener;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Shows how a run goes: on a terminal a line that is redrawn, elsewhere a line twice a minute; and
 * a table at each validation.
 */
final class PretrainProgress implements TrainingListener, AutoCloseable {

  private static final long LINE_NANOS = 30_000_000_000L;

  /** A single step says little: the loss shown is a mean in which older steps fade. */
  private static final double FADING = 0.95;

  private final PrintStream err;
  private final ProgressLine line;
  private final boolean redrawn;
  private final long totalTokens;
  private long left;
  private long lastLine = System.nanoTime() - LINE_NANOS;
  private double loss = Double.NaN;
  private double rate = Double.NaN;

  PretrainProgress(Streams streams, long totalTokens, long begunAt) {
    this.err = streams.err();
    this.line = new ProgressLine(streams);
    this.redrawn = streams.errIsTerminal();
    this.totalTokens = totalTokens;
    this.left = totalTokens - begunAt;
  }

  /** Says what is trained. */
  void begin(int parameters, String recipeDigest, String kernels) {
    err.printf(
        Locale.ROOT,
        "%.2f million parameters, %.2f million tokens to go; recipe sha256:%s%n%s%n",
        parameters / 1e6,
        left / 1e6,
        recipeDigest.substring(0, 12),
        kernels);
  }

  @Override
  public void stepped(StepReport report) {
    loss = Double.isNaN(loss) ? report.loss() : FADING * loss + (1 - FADING) * report.loss();
    double now = report.tokensPerSecond();
    rate = Double.isNaN(rate) ? now : FADING * rate + (1 - FADING) * now;
    left = Math.max(0, totalTokens - report.tokens());
    if (redrawn) {
      line.draw(ProgressLine.bar(report.tokens(), totalTokens) + " " + text(report));
    } else if (System.nanoTime() - lastLine >= LINE_NANOS) {
      lastLine = System.nanoTime();
      err.println("step " + report.step() + ": " + text(report));
      err.flush();
    }
  }

  private String text(StepReport report) {
    return String.format(
        Locale.ROOT,
        "%.2f of %.2f million tokens  loss %.4f  %.0f tokens/s  %s left",
        report.tokens() / 1e6,
        totalTokens / 1e6,
        loss,
        rate,
        time(left / rate));
  }

  private static String time(double seconds) {
    long minutes = Math.round(seconds / 60);
    return minutes < 2
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : minutes < 120 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }

  @Override
  public void validated(ValidationReport report) {
    line.close();
    Map<String, String> rows = new LinkedHashMap<>();
    for (LessonScore score : report.scores()) {
      String cells =
          String.format(
              Locale.ROOT,
              "%8.4f %5.1f %% %5.1f %%",
              score.loss(),
              100 * score.leastTokenAccuracy(),
              100 * score.leastExactMatch());
      rows.merge(
          score.lesson(),
          cells,
          (first, second) ->
              score.split() == Split.NEW_PHRASINGS ? first + "  " + second : second + "  " + first);
    }
    int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
    err.printf(
        Locale.ROOT,
        "After %.2f million tokens: loss, tokens and whole answers that are right at least%n",
        report.tokens() / 1e6);
    err.printf("%-" + width + "s  %-24s  %s%n", "", "new values", "new phrasings");
    rows.forEach((lesson, cells) -> err.printf("%-" + width + "s  %s%n", lesson, cells));
    err.flush();
  }

  @Override
  public void close() {
    line.close();
  }
}
