package dev.candor.cli;

import dev.candor.governance.explanation.AnswerGrounding;
import dev.candor.governance.explanation.ChoiceExplanation;
import dev.candor.governance.explanation.Explanation;
import dev.candor.governance.explanation.LeadingSpans;
import dev.candor.governance.explanation.PlainWords;
import dev.candor.governance.explanation.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A text with the parts marked that an explanation names: on a terminal bold and underlined,
 * elsewhere between marks of plain text. What the text itself holds moves no cursor.
 */
final class MarkedText {

  /** How a part is marked. */
  private enum Style {
    FOR("\u001b[1m", "\u001b[22m", "[+", "+]"),
    AGAINST("\u001b[4m", "\u001b[24m", "[-", "-]");

    private final String begin;
    private final String end;
    private final String plainBegin;
    private final String plainEnd;

    Style(String begin, String end, String plainBegin, String plainEnd) {
      this.begin = begin;
      this.end = end;
      this.plainBegin = plainBegin;
      this.plainEnd = plainEnd;
    }

    String mark(String text, boolean terminal) {
      return terminal ? begin + text + end : plainBegin + text + plainEnd;
    }
  }

  private record Mark(Span span, Style style) {}

  private final boolean terminal;
  private final PlainWords words;

  MarkedText(boolean terminal, PlainWords words) {
    this.terminal = terminal;
    this.words = words;
  }

  /** The text, and behind it what the marks mean, if there are any. */
  List<String> lines(Explanation explanation) {
    List<Mark> marks = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    switch (explanation) {
      case ChoiceExplanation it when it.reasons().isPresent() -> {
        LeadingSpans leading = LeadingSpans.of(it.reasons().orElseThrow().attribution());
        List<Span> spans = it.divided().spans();
        leading.speakingFor().forEach(i -> marks.add(new Mark(spans.get(i), Style.FOR)));
        leading.speakingAgainst().forEach(i -> marks.add(new Mark(spans.get(i), Style.AGAINST)));
        lines.add(marked(it.text(), marks));
        List<String> legend = words.legend(it);
        lines.add(
            "("
                + Style.FOR.mark(legend.get(0), terminal)
                + ", "
                + Style.AGAINST.mark(legend.get(1), terminal)
                + ")");
      }
      case ChoiceExplanation it -> lines.add(plain(it.text()));
      case AnswerGrounding it -> {
        it.pieces().stream()
            .flatMap(piece -> piece.source().stream())
            .forEach(span -> marks.add(new Mark(span, Style.FOR)));
        lines.add(marked(it.text(), marks));
        if (!marks.isEmpty()) {
          lines.add("(" + Style.FOR.mark(words.legendOfGrounding(), terminal) + ")");
        }
      }
    }
    return lines;
  }

  /** Marks that overlap an earlier one are left out. */
  private String marked(String text, List<Mark> marks) {
    List<Mark> sorted =
        marks.stream().sorted(Comparator.comparingInt(mark -> mark.span().from())).toList();
    StringBuilder marked = new StringBuilder();
    int at = 0;
    for (Mark mark : sorted) {
      if (mark.span().from() >= at) {
        marked
            .append(plain(text.substring(at, mark.span().from())))
            .append(mark.style().mark(plain(mark.span().of(text)), terminal));
        at = mark.span().to();
      }
    }
    return marked.append(plain(text.substring(at))).toString();
  }

  /** Without what a terminal would obey: controls but line breaks and tabs, and directions. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints().map(c -> isPlain(c) ? c : '\uFFFD').forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c == '\n' || c == '\t';
      case Character.FORMAT -> c == 0x200D || c == 0x200C || c == 0xAD;
      case Character.SURROGATE, Character.UNASSIGNED, Character.LINE_SEPARATOR -> false;
      default -> true;
    };
  }
}
