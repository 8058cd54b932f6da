package dev.candor.governance.reports;

/** What a document is made for. */
enum Medium {
  /** A browser: style by its own light, charts as SVG. */
  SCREEN("report-screen.css"),
  /** A printer of PDF that knows CSS 2.1 and no SVG. */
  PAPER("report-paper.css");

  private final String styleSheet;

  Medium(String styleSheet) {
    this.styleSheet = styleSheet;
  }

  String styleSheet() {
    return styleSheet;
  }
}
