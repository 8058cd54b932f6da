package dev.candor.governance.reports;

import java.util.List;

/**
 * Numbers as bars: for screens as SVG, for paper as boxes, as the printer knows no SVG. The longest
 * fills the width.
 */
final class BarChart {

  private static final int ROW = 26;
  private static final int LABELS = 224;
  private static final int WIDTH = 660;
  private static final int NUMBERS = 70;
  private static final int MOST_LABEL = 30;
  private static final int COLUMN_HEIGHT = 120;

  /**
   * One of them.
   *
   * @param label beside it
   * @param value from 0
   */
  record Bar(String label, long value) {}

  private final String title;
  private final List<Bar> bars;
  private final long most;

  /**
   * @param title for whoever does not see it
   */
  BarChart(String title, List<Bar> bars) {
    this.title = title;
    this.bars = List.copyOf(bars);
    this.most = Math.max(1, bars.stream().mapToLong(Bar::value).max().orElse(1));
  }

  /** One below the other. */
  void rows(HtmlWriter html, Medium medium) {
    if (medium == Medium.PAPER) {
      boxes(html);
      return;
    }
    int height = bars.size() * ROW + 4;
    svg(html, height);
    int y = 2;
    for (Bar bar : bars) {
      long width = width(bar, WIDTH - LABELS - NUMBERS);
      text(html, LABELS - 8, y + 17, "end", shortened(bar.label()));
      html.empty(
          "rect",
          "class",
          "bar",
          "x",
          "" + LABELS,
          "y",
          "" + (y + 3),
          "width",
          "" + width,
          "height",
          "" + (ROW - 8),
          "rx",
          "2");
      text(html, LABELS + (int) width + 6, y + 17, "start", Amounts.number(bar.value()));
      y += ROW;
    }
    html.close().close();
  }

  /** One beside the other, as for weeks. */
  void columns(HtmlWriter html, Medium medium) {
    if (medium == Medium.PAPER) {
      boxes(html);
      return;
    }
    int step = Math.max(1, Math.min(60, WIDTH / Math.max(1, bars.size())));
    svg(html, COLUMN_HEIGHT + 44);
    int x = 0;
    int every = Math.max(1, (46 + step - 1) / step);
    int number = 0;
    for (Bar bar : bars) {
      long height = width(bar, COLUMN_HEIGHT);
      html.empty(
          "rect",
          "class",
          "bar",
          "x",
          "" + (x + 2),
          "y",
          "" + (20 + COLUMN_HEIGHT - height),
          "width",
          "" + Math.max(1, step - 4),
          "height",
          "" + height,
          "rx",
          "2");
      if (step >= 26) {
        text(
            html,
            x + step / 2,
            15 + COLUMN_HEIGHT - (int) height,
            "middle",
            Amounts.number(bar.value()));
      }
      if (number % every == 0) {
        text(html, x + 2, COLUMN_HEIGHT + 38, "start", bar.label());
      }
      x += step;
      number++;
    }
    html.close().close();
  }

  private void svg(HtmlWriter html, int height) {
    html.open("div", "class", "scroll");
    html.open(
        "svg",
        "class",
        "chart",
        "viewBox",
        "0 0 " + WIDTH + " " + height,
        "role",
        "img",
        "aria-label",
        title);
    html.element("title", title);
  }

  private static void text(HtmlWriter html, int x, int y, String anchor, String text) {
    html.element("text", text, "x", "" + x, "y", "" + y, "text-anchor", anchor);
  }

  private void boxes(HtmlWriter html) {
    html.open("table", "class", "boxes");
    for (Bar bar : bars) {
      html.open("tr");
      html.element("td", shortened(bar.label()), "class", "label");
      html.open("td", "class", "box");
      html.open("div", "class", "bar", "style", "width: " + width(bar, 100) + "%");
      html.close().close();
      html.element("td", Amounts.number(bar.value()), "class", "number");
      html.close();
    }
    html.close();
  }

  private long width(Bar bar, int full) {
    return bar.value() == 0 ? 0 : Math.max(1, Math.round((double) bar.value() * full / most));
  }

  private static String shortened(String label) {
    return label.codePointCount(0, label.length()) <= MOST_LABEL
        ? label
        : label.substring(0, label.offsetByCodePoints(0, MOST_LABEL - 1)) + "…";
  }
}
