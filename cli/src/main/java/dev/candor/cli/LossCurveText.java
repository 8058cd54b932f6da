package dev.candor.cli;

import dev.candor.training.runs.LossHistory;
import dev.candor.training.runs.LossHistory.StepLoss;
import java.util.List;
import java.util.Locale;

/** The loss of a run as a curve of characters. */
final class LossCurveText {

  private static final int WIDTH = 60;
  private static final int HEIGHT = 10;

  private LossCurveText() {}

  /** Some lines; none if there is no step. */
  static String of(LossHistory history) {
    List<StepLoss> steps = history.steps();
    if (steps.isEmpty()) {
      return "";
    }
    int columns = Math.min(WIDTH, steps.size());
    double[] means = new double[columns];
    double top = 0;
    for (int i = 0; i < columns; i++) {
      int from = (int) ((long) steps.size() * i / columns);
      int to = (int) ((long) steps.size() * (i + 1) / columns);
      means[i] =
          steps.subList(from, to).stream().mapToDouble(StepLoss::loss).average().orElseThrow();
      top = Math.max(top, means[i]);
    }
    StringBuilder text = new StringBuilder();
    for (int row = HEIGHT - 1; row >= 0; row--) {
      String label = row == HEIGHT - 1 ? number(top) : row == 0 ? number(0) : "";
      text.append(String.format("%8s |", label));
      for (double mean : means) {
        int at = top > 0 ? (int) Math.min(HEIGHT - 1, mean / top * HEIGHT) : 0;
        text.append(at == row ? '*' : ' ');
      }
      text.append(System.lineSeparator());
    }
    text.append(
        String.format(
            Locale.ROOT,
            "    loss +%s%n%10s%.2f million tokens, loss %.4f at the end%n",
            "-".repeat(columns),
            "",
            steps.getLast().tokens() / 1e6,
            means[columns - 1]));
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
