package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.confidence.Confidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people are told, in both languages: complete, easy to read, and safe to show. */
class PlainWordsTest {

  private static final String NASTY = "<script>alert('x')</script> & \"\u001b[31m\u202E";

  static ChoiceExplanation explanation(Status status, String text) {
    SpanText divided = SpanText.of(text, Optional.of(SpanKind.WORDS));
    int spans = divided.spans().size();
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      values.add(i % 3 == 0 ? 1.0 / (i + 1) : -0.3 / (i + 1));
    }
    Attribution attribution =
        new Attribution(Attribution.Method.OCCLUSION, values, List.of(), 2, 0);
    Fidelity fidelity =
        new Fidelity(List.of(new Fidelity.Bin(0.01, 1, 0.4, 0.1)), 0.4, 0.1, 200, 3, true);
    Counterfactual counterfactual =
        new Counterfactual(
            List.of(
                new Counterfactual.Change(0, Optional.of("<b>other</b>")),
                new Counterfactual.Change(1, Optional.empty())),
            "other",
            1,
            0.7);
    return new ChoiceExplanation(
        status,
        Optional.of("/priority"),
        divided,
        List.of("<i>high</i>", "low"),
        List.of(0.9123, 0.0877),
        new Target(0, 1),
        status == Status.WITHHELD ? Optional.of(Withheld.TOO_FEW_SPANS) : Optional.empty(),
        status == Status.FAITHFUL
            ? Optional.of(
                new ChoiceExplanation.Reasons(
                    attribution, 0.3, false, List.of(new Occlusion.Redundancy(0, 1, 2, 0.1))))
            : Optional.empty(),
        status == Status.WITHHELD ? Optional.empty() : Optional.of(fidelity),
        Optional.of(counterfactual),
        Optional.of(new Confidence(0.84, List.of("low", "high"), 0.1, Optional.empty(), true)),
        new Cost(10, 20, 30));
  }

  @Test
  void bothLanguagesSayTheSame() {
    WordTemplates english = WordTemplates.of(Language.ENGLISH);
    WordTemplates french = WordTemplates.of(Language.FRENCH);
    assertThat(french.names()).isEqualTo(english.names());
    Pattern place = Pattern.compile("\\{[^}]*}");
    for (String name : english.names()) {
      assertThat(places(place, french.template(name)))
          .as(name)
          .isEqualTo(places(place, english.template(name)));
    }
  }

  private static TreeSet<String> places(Pattern place, String template) {
    TreeSet<String> places = new TreeSet<>();
    Matcher matcher = place.matcher(template);
    while (matcher.find()) {
      places.add(matcher.group());
    }
    return places;
  }

  /**
   * Flesch and Kincaid: US school grade 8 or lower over all sentences. Kandel and Moles for French:
   * 60 of 100 or more, which is "standard" and easier. No sentence has more than 25 words.
   */
  @ParameterizedTest
  @EnumSource(Language.class)
  void everybodyCanReadIt(Language language) {
    WordTemplates words = WordTemplates.of(language);
    int sentences = 0;
    int count = 0;
    int syllables = 0;
    for (String name : words.names()) {
      if (name.startsWith("legend")
          || name.contains(".open")
          || name.contains("separator")
          || name.contains(".close")
          || name.startsWith("change.")) {
        continue;
      }
      String text = words.template(name).replaceAll("\\{[^}]*}", "word");
      for (String sentence : text.split("[.!?:](?:\\s|$)")) {
        List<String> tokens =
            Arrays.stream(sentence.split("[^\\p{L}\\p{N}]+")).filter(it -> !it.isEmpty()).toList();
        assertThat(tokens).as(sentence).hasSizeLessThanOrEqualTo(25);
        sentences++;
        count += tokens.size();
        syllables += tokens.stream().mapToInt(token -> syllables(token, language)).sum();
      }
    }
    double perSentence = count / (double) sentences;
    double perWord = syllables / (double) count;
    if (language == Language.ENGLISH) {
      assertThat(0.39 * perSentence + 11.8 * perWord - 15.59).isLessThanOrEqualTo(8);
    } else {
      assertThat(207 - 1.015 * perSentence - 73.6 * perWord).isGreaterThanOrEqualTo(60);
    }
  }

  /** Groups of vowels; a mute e at the end counts for none. */
  private static int syllables(String word, Language language) {
    String lower = word.toLowerCase(Locale.ROOT);
    Matcher vowels = Pattern.compile("[aeiouyàâéèêëîïôûùœ]+").matcher(lower);
    int groups = 0;
    while (vowels.find()) {
      groups++;
    }
    boolean mute =
        lower.matches(language == Language.ENGLISH ? ".*[^aeiouyl]e" : ".*[^aeiouy](e|es|ent)");
    return Math.max(1, mute ? groups - 1 : groups);
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void everyStatusIsSaid(Language language) {
    PlainWords words = new PlainWords(language);
    String text = "one two three four five six seven eight nine ten";
    for (Status status : List.of(Status.FAITHFUL, Status.NOT_FAITHFUL, Status.WITHHELD)) {
      List<String> said = words.of(explanation(status, text));
      assertThat(said).allSatisfy(sentence -> assertThat(sentence).doesNotContain("{"));
      assertThat(String.join(" ", said)).contains("/priority", "<i>high</i>", "84", "90");
      boolean names = String.join(" ", said).contains("four");
      assertThat(names).isEqualTo(status == Status.FAITHFUL);
    }
    AnswerGrounding grounding =
        new AnswerGrounding(
            "12 bottles",
            "12 and 108",
            List.of(
                new GroundedPiece("", "12", Optional.of(new Span(0, 2))),
                new GroundedPiece("", "108", Optional.empty())),
            List.of("/priority"),
            new Uncertainty(3, -0.2, 0.4, List.of(new Uncertainty.Token("108", 0.51, 0.9))));
    assertThat(String.join(" ", words.of(grounding))).contains("108", "51", "1", "2", "/priority");
  }

  /** A28: what a text or a label holds is shown, and never obeyed. */
  @ParameterizedTest
  @EnumSource(Language.class)
  void theFragmentHoldsNothingButItsOwnElements(Language language) {
    for (Status status : List.of(Status.FAITHFUL, Status.NOT_FAITHFUL, Status.WITHHELD)) {
      String html = ExplanationHtml.of(explanation(status, NASTY + " a b c d e"), language);
      String rest =
          html.replaceAll("<section class=\"candor-explanation [a-z-]+\" lang=\"(en|fr)\">", "")
              .replace("</section>", "")
              .replaceAll("<p(?: class=\"(text|legend)\")?>", "")
              .replace("</p>", "")
              .replaceAll("<mark class=\"(for|against|found)\">", "")
              .replace("</mark>", "")
              .replace("<br>", "");
      assertThat(rest).doesNotContain("<", ">", "\"", "'", "\u001b", "\u202E");
      assertThat(rest.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
      assertThat(html).contains("&lt;script&gt;", "&lt;i&gt;high&lt;/i&gt;");
      assertThat(html.contains("<mark class=\"for\">")).isEqualTo(status == Status.FAITHFUL);
    }
  }

  @Test
  void onlyWhatCarriesMuchIsTold() {
    Attribution attribution =
        new Attribution(
            Attribution.Method.OCCLUSION,
            List.of(0.01, 5.0, -0.2, 1.5, 0.9, -4.0, 0.0, 0.7),
            List.of(),
            4,
            0);
    LeadingSpans leading = LeadingSpans.of(attribution);
    assertThat(leading.speakingFor()).containsExactly(1, 3);
    assertThat(leading.speakingAgainst()).containsExactly(5);
  }
}
