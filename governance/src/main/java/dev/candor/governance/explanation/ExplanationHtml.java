package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An explanation as a fragment of HTML, for a page of somebody else's: elements and classes, no
 * style, no script, no attribute that holds anything but a fixed word. All text is escaped.
 */
public final class ExplanationHtml {

  private ExplanationHtml() {}

  /** A part of the text that is marked, with the class of its mark. */
  private record Mark(Span span, String name) {}

  /** The fragment: one {@code section}. */
  public static String of(Explanation explanation, Language language) {
    PlainWords words = new PlainWords(language);
    StringBuilder html = new StringBuilder();
    html.append("<section class=\"candor-explanation ")
        .append(explanation.status().key())
        .append("\" lang=\"")
        .append(language.tag())
        .append("\">\n");
    html.append("<p class=\"text\">")
        .append(marked(explanation.text(), marks(explanation)))
        .append("</p>\n");
    legend(explanation, words, html);
    for (String sentence : words.of(explanation)) {
      html.append("<p>").append(escaped(sentence)).append("</p>\n");
    }
    return html.append("</section>\n").toString();
  }

  private static void legend(Explanation explanation, PlainWords words, StringBuilder html) {
    List<String> entries = new ArrayList<>();
    switch (explanation) {
      case ChoiceExplanation it when it.reasons().isPresent() -> {
        List<String> legend = words.legend(it);
        entries.add("<mark class=\"for\">" + escaped(legend.get(0)) + "</mark>");
        entries.add("<mark class=\"against\">" + escaped(legend.get(1)) + "</mark>");
      }
      case AnswerGrounding it when it.found() > 0 ->
          entries.add("<mark class=\"found\">" + escaped(words.legendOfGrounding()) + "</mark>");
      default -> {}
    }
    if (!entries.isEmpty()) {
      html.append("<p class=\"legend\">").append(String.join(" ", entries)).append("</p>\n");
    }
  }

  private static List<Mark> marks(Explanation explanation) {
    List<Mark> marks = new ArrayList<>();
    switch (explanation) {
      case ChoiceExplanation it ->
          it.reasons()
              .map(reasons -> LeadingSpans.of(reasons.attribution()))
              .ifPresent(leading -> {
                List<Span> spans = it.divided().spans();
                leading.speakingFor().forEach(i -> marks.add(new Mark(spans.get(i), "for")));
                leading
                    .speakingAgainst()
                    .forEach(i -> marks.add(new Mark(spans.get(i), "against")));
              });
      case AnswerGrounding it ->
          it.pieces().stream()
              .flatMap(piece -> piece.source().stream())
              .forEach(span -> marks.add(new Mark(span, "found")));
    }
    marks.sort(
        Comparator.comparingInt((Mark mark) -> mark.span().from())
            .thenComparingInt(mark -> mark.span().to()));
    return marks;
  }

  /** Marks that overlap an earlier one are left out. */
  private static String marked(String text, List<Mark> marks) {
    StringBuilder html = new StringBuilder();
    int at = 0;
    for (Mark mark : marks) {
      if (mark.span().from() >= at) {
        html.append(escaped(text.substring(at, mark.span().from())))
            .append("<mark class=\"")
            .append(mark.name())
            .append("\">")
            .append(escaped(mark.span().of(text)))
            .append("</mark>");
        at = mark.span().to();
      }
    }
    return html.append(escaped(text.substring(at))).toString();
  }

  /** What no browser takes for anything but text; controls are not allowed in HTML. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case '\n' -> escaped.append("<br>\n");
            default -> {
              if (isAllowed(c)) {
                escaped.appendCodePoint(c);
              } else {
                escaped.append('\uFFFD');
              }
            }
          }
        });
    return escaped.toString();
  }

  /** Not controls, and nothing that turns the direction of what follows. */
  private static boolean isAllowed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c == '\t' || c == '\r';
      case Character.SURROGATE, Character.UNASSIGNED -> false;
      case Character.FORMAT -> c == 0x200D || c == 0x200C || c == 0xAD;
      default -> true;
    };
  }
}
