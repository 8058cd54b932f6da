package dev.candor.governance.reports;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** What all documents look like, on screens and on paper. */
final class Page {

  /** Nothing is loaded and nothing runs, whatever a text in it should pretend to be. */
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  private Page() {}

  /**
   * A whole document.
   *
   * @param title of the window, and first heading
   * @param content what stands below the heading
   */
  static String of(Medium medium, String title, Consumer<HtmlWriter> content) {
    HtmlWriter html = new HtmlWriter();
    html.open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8");
    if (medium == Medium.SCREEN) {
      html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
      html.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    }
    html.element("title", title).style(styleSheet(medium)).close().open("body");
    if (medium == Medium.PAPER) {
      html.element("div", title, "class", "running");
    }
    html.open("main");
    content.accept(html);
    return html.close().close().close().document();
  }

  /** A table with a head; cells that are numbers stand to the right. */
  static void table(
      HtmlWriter html, List<String> columns, List<List<String>> rows, int firstNumber) {
    html.open("div", "class", "scroll").open("table").open("thead").open("tr");
    for (int i = 0; i < columns.size(); i++) {
      html.element("th", columns.get(i), "class", i >= firstNumber ? "number" : "word");
    }
    html.close().close().open("tbody");
    for (List<String> row : rows) {
      html.open("tr");
      for (int i = 0; i < row.size(); i++) {
        cell(html, row.get(i), i >= firstNumber ? "number" : type(row.get(i)));
      }
      html.close();
    }
    html.close().close().close();
  }

  private static String type(String text) {
    return text.matches("\\d{4}-\\d{2}-\\d{2}") ? "day" : "word";
  }

  /** A cell; what nobody knows stands out. */
  static void cell(HtmlWriter html, String text, String type) {
    html.open("td", "class", type);
    known(html, text);
    html.close();
  }

  /** A text; what nobody knows stands out. */
  static void known(HtmlWriter html, String text) {
    if (text.startsWith("UNKNOWN")) {
      html.element("span", text, "class", "unknown");
    } else {
      html.text(text);
    }
  }

  /** Terms and what they are. */
  static void terms(HtmlWriter html, Map<String, String> terms) {
    html.open("dl");
    terms.forEach((term, text) -> {
      html.element("dt", term).open("dd");
      known(html, text);
      html.close();
    });
    html.close();
  }

  private static String styleSheet(Medium medium) {
    try (InputStream in =
        Objects.requireNonNull(
            Page.class.getResourceAsStream(medium.styleSheet()), "a style sheet is missing")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
