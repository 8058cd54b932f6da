package dev.candor.training.runs;

import dev.candor.training.lessons.Split;
import dev.candor.training.runs.LossHistory.StepLoss;
import dev.candor.training.runs.TrainingListener.ValidationReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * The curves of a run as an SVG: above the loss, of the steps and of each lesson's new values;
 * below the least share of answers that are right to the letter, on new values (drawn through) and
 * on new phrasings (dashed).
 */
final class LossPlot {

  private static final int WIDTH = 960;
  private static final int LEFT = 60;
  private static final int RIGHT = 200;
  private static final int PANEL = 300;
  private static final int GAP = 50;
  private static final int TOP = 30;

  /** More than one can see; the means of so many parts of the run are drawn. */
  private static final int MOST_POINTS = 400;

  /** Told apart by most people with any colour vision: Paul Tol's "muted", and two more. */
  private static final List<String> COLOURS =
      List.of(
          "#332288", "#cc6677", "#117733", "#ddcc77", "#88ccee", "#882255", "#44aa99", "#999933",
          "#aa4499", "#dd7733", "#777777", "#000000");

  private record Point(double x, double y) {}

  private final StringBuilder svg = new StringBuilder();
  private final double last;

  private LossPlot(double last) {
    this.last = last;
  }

  /** The whole file. */
  static String of(LossHistory history) {
    double last = history.steps().isEmpty() ? 1 : history.steps().getLast().tokens();
    return new LossPlot(last).draw(history);
  }

  private String draw(LossHistory history) {
    Map<String, String> colours = new LinkedHashMap<>();
    for (ValidationReport report : history.validations()) {
      for (LessonScore score : report.scores()) {
        colours.putIfAbsent(score.lesson(), COLOURS.get(colours.size() % COLOURS.size()));
      }
    }
    int height = TOP + 2 * PANEL + GAP + 40;
    append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
        WIDTH, height);
    List<Point> steps = means(history.steps());
    double most = steps.stream().mapToDouble(Point::y).max().orElse(1);
    for (ValidationReport report : history.validations()) {
      most =
          Math.max(most, report.scores().stream().mapToDouble(LessonScore::loss).max().orElse(0));
    }
    double top = Math.max(most, 1e-3);
    DoubleUnaryOperator loss = y -> TOP + PANEL - y / top * PANEL;
    axes(TOP, "loss: −ln p of a token of the answers", top);
    curve(steps, loss, "#bbbbbb", false);
    DoubleUnaryOperator share = y -> TOP + 2 * PANEL + GAP - y * PANEL;
    axes(TOP + PANEL + GAP, "answers right to the letter, at least", 1);
    colours.forEach((lesson, colour) -> {
      curve(points(history, lesson, Split.NEW_VALUES, false), loss, colour, false);
      curve(points(history, lesson, Split.NEW_VALUES, true), share, colour, false);
      curve(points(history, lesson, Split.NEW_PHRASINGS, true), share, colour, true);
    });
    legend(colours);
    append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.2f million tokens</text>\n</svg>\n",
        WIDTH - RIGHT, height - 8, last / 1e6);
    return svg.toString();
  }

  private void axes(int top, String title, double most) {
    append("<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, top - 8, title);
    for (int i = 0; i <= 4; i++) {
      double y = top + PANEL - i * PANEL / 4.0;
      append(
          "<path d=\"M%d %.1fH%d\" stroke=\"#dddddd\"/><text x=\"%d\" y=\"%.1f\""
              + " text-anchor=\"end\">%.2f</text>\n",
          LEFT, y, WIDTH - RIGHT, LEFT - 6, y + 4, most * i / 4);
    }
  }

  private void legend(Map<String, String> colours) {
    int y = TOP + 10;
    append("<text x=\"%d\" y=\"%d\" fill=\"#999999\">all steps</text>\n", WIDTH - RIGHT + 14, y);
    for (Map.Entry<String, String> lesson : colours.entrySet()) {
      y += 18;
      append(
          "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n",
          WIDTH - RIGHT + 14,
          y,
          lesson.getValue(),
          lesson.getKey().replace("&", "&amp;").replace("<", "&lt;"));
    }
    y = TOP + PANEL + GAP + 10;
    append("<text x=\"%d\" y=\"%d\">—— new values</text>\n", WIDTH - RIGHT + 14, y);
    append("<text x=\"%d\" y=\"%d\">- - new phrasings</text>\n", WIDTH - RIGHT + 14, y + 18);
  }

  private void curve(List<Point> points, DoubleUnaryOperator y, String colour, boolean dashed) {
    if (points.isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(path.isEmpty() ? 'M' : 'L');
      path.append(
          String.format(
              Locale.ROOT,
              "%.1f %.1f",
              LEFT + point.x / last * (WIDTH - LEFT - RIGHT),
              y.applyAsDouble(point.y)));
    }
    append(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"%s/>\n",
        path, colour, dashed ? " stroke-dasharray=\"4 3\"" : "");
  }

  private static List<Point> points(
      LossHistory history, String lesson, Split split, boolean exactMatch) {
    List<Point> points = new ArrayList<>();
    for (ValidationReport report : history.validations()) {
      for (LessonScore score : report.scores()) {
        if (score.lesson().equals(lesson) && score.split() == split) {
          points.add(
              new Point(report.tokens(), exactMatch ? score.leastExactMatch() : score.loss()));
        }
      }
    }
    return points;
  }

  /** Means of neighbouring steps, so that there are not too many. */
  private static List<Point> means(List<StepLoss> steps) {
    int group = Math.max(1, Math.ceilDiv(steps.size(), MOST_POINTS));
    List<Point> points = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += group) {
      List<StepLoss> part = steps.subList(from, Math.min(steps.size(), from + group));
      points.add(
          new Point(
              part.getLast().tokens(),
              part.stream().mapToDouble(StepLoss::loss).average().orElse(0)));
    }
    return points;
  }

  private void append(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments));
  }
}
