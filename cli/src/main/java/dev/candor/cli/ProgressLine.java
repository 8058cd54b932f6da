package dev.candor.cli;

import dev.candor.cli.store.Progress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * One line that says how far something is. On a terminal it is redrawn in place, at most ten times
 * a second, and removed at the end; elsewhere each new thing is one line, and nothing else.
 */
final class ProgressLine implements Progress, AutoCloseable {

  private static final long REDRAW_NANOS = 100_000_000;
  private static final int BAR = 24;

  private final PrintStream err;
  private final boolean redrawn;
  private String current = "";
  private long started = System.nanoTime();
  private long last;
  private boolean drawn;

  /** On standard error. */
  ProgressLine(Streams streams) {
    this.err = streams.err();
    this.redrawn = streams.errIsTerminal();
  }

  @Override
  public void update(String what, long doneBytes, long totalBytes) {
    long now = System.nanoTime();
    if (!what.equals(current)) {
      if (!redrawn) {
        err.println(what + (totalBytes < 0 ? "" : " (" + ByteCount.text(totalBytes) + ")"));
      }
      current = what;
      started = now;
      last = now - REDRAW_NANOS;
    }
    if (redrawn && (now - last >= REDRAW_NANOS || doneBytes == totalBytes)) {
      last = now;
      draw(what + "  " + amount(doneBytes, totalBytes, now));
    }
  }

  private String amount(long done, long total, long now) {
    double seconds = (now - started) / 1e9;
    String rate = seconds < 1 ? "" : "  " + ByteCount.text((long) (done / seconds)) + "/s";
    if (total <= 0) {
      return ByteCount.text(done) + rate;
    }
    String left =
        seconds < 1 || done == 0
            ? ""
            : String.format(Locale.ROOT, "  %.0f s left", (total - done) * seconds / done);
    return bar(done, total)
        + " "
        + String.format(Locale.ROOT, "%3d %%", Math.clamp(done * 100 / total, 0, 100))
        + " of "
        + ByteCount.text(total)
        + rate
        + left;
  }

  /**
   * Draws how many of some things are done, on a terminal only.
   *
   * @param what is done with them; empty if that is clear
   */
  void count(String what, long done, long total) {
    if (!redrawn) {
      return;
    }
    long now = System.nanoTime();
    if (!what.equals(current)) {
      current = what;
      started = now;
      last = now - REDRAW_NANOS;
    }
    if (now - last >= REDRAW_NANOS || done == total) {
      last = now;
      double seconds = (now - started) / 1e9;
      String left =
          seconds < 1 || done == 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  "  %.1f/s  %.0f s left",
                  done / seconds,
                  (total - done) * seconds / done);
      String name = what.isEmpty() ? "" : what + "  ";
      draw(name + bar(done, total) + " " + done + " of " + total + left);
    }
  }

  /** How much is done, as a picture. */
  static String bar(long done, long total) {
    int filled = (int) Math.clamp(done * BAR / total, 0, BAR);
    return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
  }

  /** Draws a line of any text, on a terminal only. */
  void draw(String line) {
    if (redrawn) {
      // Back to the first column; what is left of a longer line is erased (ECMA-48 EL).
      err.print("\r" + line + "\u001b[K");
      err.flush();
      drawn = true;
    }
  }

  /** Removes the line. */
  @Override
  public void close() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }
}
