package dev.candor.governance.explanation;

import dev.candor.governance.GovernanceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text and the spans that it is divided into.
 *
 * @param kind into what
 * @param spans ascending; what is between them is white space
 */
public record SpanText(String text, SpanKind kind, List<Span> spans) {

  /** Stands for what is taken out. */
  public static final String PLACEHOLDER = "...";

  /** Without a wish the spans are chosen so that there are at most so many. */
  static final int USUAL_MOST = 40;

  /** More cannot be asked for. */
  static final int MOST = 200;

  public SpanText {
    spans = List.copyOf(spans);
  }

  /**
   * Divides a text. Without a wish, neighbouring sentences of a long text are put together until
   * there are at most {@value #USUAL_MOST}.
   *
   * @param wish into what; empty for what suits the text
   * @throws GovernanceException {@code governance.explanation-spans} if there would be more than
   *     {@value #MOST}
   */
  public static SpanText of(String text, Optional<SpanKind> wish) {
    SpanKind kind = wish.orElseGet(() -> SpanKind.suiting(text, USUAL_MOST));
    List<Span> spans = kind.spans(text);
    if (wish.isEmpty()) {
      spans = together(spans, USUAL_MOST);
    }
    if (spans.size() > MOST) {
      throw new GovernanceException(
          "explanation-spans",
          "the text has " + spans.size() + " " + kind.key() + ", allowed are " + MOST,
          "Choose larger spans (--spans phrases, sentences or lines).");
    }
    return new SpanText(text, kind, spans);
  }

  /** As many neighbours together as it takes. */
  private static List<Span> together(List<Span> spans, int most) {
    int each = (spans.size() + most - 1) / most;
    if (each <= 1) {
      return spans;
    }
    List<Span> joined = new ArrayList<>();
    for (int i = 0; i < spans.size(); i += each) {
      int last = Math.min(spans.size(), i + each) - 1;
      joined.add(new Span(spans.get(i).from(), spans.get(last).to()));
    }
    return joined;
  }

  /** The text of a span. */
  public String text(int span) {
    return spans.get(span).of(text);
  }

  /** What is left of the text. */
  public String render(Subset kept, Removal removal) {
    List<Optional<String>> pieces = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      if (kept.has(i)) {
        pieces.add(Optional.of(text(i)));
      } else {
        pieces.add(removal == Removal.DELETE ? Optional.empty() : Optional.of(PLACEHOLDER));
      }
    }
    return render(pieces);
  }

  /**
   * The text with something else in the place of its spans.
   *
   * @param pieces as many as spans; an empty one takes the white space behind it with it
   */
  String render(List<Optional<String>> pieces) {
    StringBuilder left = new StringBuilder(text.length());
    left.append(text, 0, spans.isEmpty() ? text.length() : spans.getFirst().from());
    for (int i = 0; i < spans.size(); i++) {
      int end = i + 1 < spans.size() ? spans.get(i + 1).from() : text.length();
      int to = spans.get(i).to();
      pieces.get(i).ifPresent(piece -> left.append(piece).append(text, to, end));
    }
    return left.toString().strip();
  }
}
