package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.GovernanceException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How texts are divided, and what is left of them. */
class SpanTextTest {

  private static List<String> texts(String text, SpanKind kind) {
    SpanText divided = SpanText.of(text, Optional.of(kind));
    return divided.spans().stream().map(span -> span.of(text)).toList();
  }

  @Test
  void textsAreDividedAsTheyAreRead() {
    String text = "The till is broken, again. Please help!  It shows E5\nThanks";
    assertThat(texts(text, SpanKind.WORDS))
        .containsExactly(
            "The", "till", "is", "broken,", "again.", "Please", "help!", "It", "shows", "E5",
            "Thanks");
    assertThat(texts(text, SpanKind.PHRASES))
        .containsExactly("The till is broken,", "again.", "Please help!", "It shows E5", "Thanks");
    assertThat(texts(text, SpanKind.SENTENCES))
        .containsExactly("The till is broken, again.", "Please help!", "It shows E5", "Thanks");
    assertThat(texts("name: Ann\n\n age: 4 \r\nend", SpanKind.LINES))
        .containsExactly("name: Ann", "age: 4", "end");
    assertThat(texts("It costs 3.50 euros. Really?", SpanKind.SENTENCES))
        .containsExactly("It costs 3.50 euros.", "Really?");
  }

  /** Nothing but white space is outside of spans, whatever the text. */
  @Test
  void spansHoldAllThatIsNotWhiteSpace() {
    Random random = new Random(1);
    String alphabet = "ab. ,;:!?\n\r\t é日😀'-\"…";
    int[] points = alphabet.codePoints().toArray();
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      String whole = text.toString();
      for (SpanKind kind : SpanKind.values()) {
        int at = 0;
        for (Span span : kind.spans(whole)) {
          assertThat(whole.substring(at, span.from())).as(whole).isBlank();
          assertThat(span.of(whole)).isNotBlank().isEqualTo(span.of(whole).strip());
          at = span.to();
        }
        assertThat(whole.substring(at)).as(kind + " of " + whole).isBlank();
        SpanText divided = new SpanText(whole, kind, kind.spans(whole));
        int spans = divided.spans().size();
        assertThat(divided.render(Subset.all(spans), Removal.DELETE)).isEqualTo(whole.strip());
        assertThat(divided.render(Subset.none(spans), Removal.DELETE)).isEmpty();
      }
    }
  }

  /** Long texts without an end of a sentence, or with nothing else. */
  @Test
  @Timeout(20)
  void longTextsAreDividedInTheirTime() {
    for (String text :
        List.of(
            "a".repeat(2_000_000),
            ".".repeat(2_000_000) + "a",
            "a, ".repeat(600_000),
            "a: b ".repeat(400_000))) {
      for (SpanKind kind : SpanKind.values()) {
        assertThat(kind.spans(text)).isNotEmpty();
      }
    }
  }

  @Test
  void whatIsLeftOutIsGoneOrHasAPlaceholder() {
    SpanText text = SpanText.of("one two  three", Optional.of(SpanKind.WORDS));
    Subset without = Subset.all(3).without(1);
    assertThat(text.render(without, Removal.DELETE)).isEqualTo("one three");
    assertThat(text.render(without, Removal.PLACEHOLDER)).isEqualTo("one ...  three");
    assertThat(text.render(Subset.of(3, 0), Removal.DELETE)).isEqualTo("one");
  }

  @Test
  void theSpansSuitTheText() {
    assertThat(SpanText.of("one two three", Optional.empty()).kind()).isEqualTo(SpanKind.WORDS);
    String form = "name: Ann\nage: 41\nincome: 30,000\npurpose: a car\nhistory: good";
    assertThat(SpanText.of(form, Optional.empty()).kind()).isEqualTo(SpanKind.LINES);
    String sentence = "This is a sentence of some words, and it goes on. ";
    assertThat(SpanText.of(sentence.repeat(8), Optional.empty()).kind())
        .isEqualTo(SpanKind.PHRASES);
    assertThat(SpanText.of(sentence.repeat(30), Optional.empty()).kind())
        .isEqualTo(SpanKind.SENTENCES);
    SpanText book = SpanText.of(sentence.repeat(500), Optional.empty());
    assertThat(book.spans()).hasSizeLessThanOrEqualTo(SpanText.USUAL_MOST).hasSizeGreaterThan(20);
    assertThatThrownBy(() -> SpanText.of(sentence.repeat(500), Optional.of(SpanKind.WORDS)))
        .isInstanceOf(GovernanceException.class)
        .hasFieldOrPropertyWithValue("code", "governance.explanation-spans");
  }

  @Test
  void subsetsAreEqualByWhatTheyHold() {
    Subset some = Subset.all(70).without(3).without(69);
    assertThat(some).isEqualTo(Subset.none(70).complement().without(69).without(3));
    assertThat(some.complement()).isEqualTo(Subset.of(70, 69, 3));
    assertThat(some).isNotEqualTo(Subset.of(71, some.indices().toArray()));
    assertThat(some.size()).isEqualTo(68);
  }
}
