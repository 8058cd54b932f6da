package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.confidence.Calibration;
import dev.candor.governance.confidence.CalibrationDocument;
import dev.candor.governance.confidence.LabelledRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of explanations names what is written, and its numbers are those of the code. */
class ExplanationsPageTest {

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "reference", "explanations.md"));
  }

  /** The part of the page under a heading. */
  private static String section(String heading) throws IOException {
    Matcher matcher =
        Pattern.compile("(?ms)^## " + heading + "\n(.*?)(?=^## |\\z)").matcher(page());
    assertThat(matcher.find()).as(heading).isTrue();
    return matcher.group(1);
  }

  /** What stands between backquotes. */
  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = Pattern.compile("`([A-Za-z]+)`").matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static void collect(Object value, Set<String> keys) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((key, member) -> {
            keys.add(String.valueOf(key));
            if (!List.of("probabilities", "quantiles").contains(String.valueOf(key))) {
              collect(member, keys);
            }
          });
      case List<?> list -> list.forEach(each -> collect(each, keys));
      default -> {}
    }
  }

  @Test
  void everyMemberIsDescribedAndNoOther() throws IOException {
    Set<String> written = new TreeSet<>();
    String text = "one two three four five six seven eight";
    for (Status status : List.of(Status.FAITHFUL, Status.WITHHELD)) {
      collect(
          RecordedExplanation.members(
              PlainWordsTest.explanation(status, text), ExplanationRequest.usual()),
          written);
    }
    written.addAll(List.of("intervals", "group"));
    AnswerGrounding grounding =
        new AnswerGrounding(
            text,
            "two",
            List.of(new GroundedPiece("/a", "two", Optional.of(new Span(4, 7)))),
            List.of("/a"),
            new Uncertainty(1, -1, 1, List.of(new Uncertainty.Token("two", 0.5, 1))));
    collect(RecordedExplanation.members(grounding, ExplanationRequest.usual()), written);
    Set<String> described = names(section("What is kept"));
    assertThat(described).containsAll(written);
    described.removeAll(written);
    // Words of the page that are no members.
    assertThat(described)
        .containsExactlyInAnyOrder(
            "decision",
            "entry",
            "words",
            "millis",
            "phrases",
            "sentences",
            "lines",
            "shapley",
            "faithful");
  }

  @Test
  void everyMemberOfACalibrationIsDescribed() throws IOException {
    List<LabelledRow> rows = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 90; i++) {
      double p = random.nextDouble(0.1, 0.9);
      rows.add(
          LabelledRow.of(
              new double[] {p, 1 - p}, random.nextDouble() < p ? 0 : 1, Optional.of("a")));
    }
    Calibration calibration =
        Calibration.of(List.of("yes", "no"), "q", rows, new Calibration.Plan(0.1, 0.1, 0));
    Set<String> written = new TreeSet<>();
    collect(CalibrationDocument.members(calibration), written);
    assertThat(names(section("How sure"))).containsAll(written);
    assertThat(CalibrationDocument.read(CalibrationDocument.bytes(calibration)))
        .isEqualTo(calibration);
  }

  @Test
  void itsNumbersAreThoseOfTheCode() throws IOException {
    String page = page().replace('\n', ' ');
    for (Status status : Status.values()) {
      assertThat(section("What becomes of an explanation")).contains("| `" + status.key() + "` |");
    }
    for (Withheld why : Withheld.values()) {
      assertThat(page).contains("(`" + why.key() + "`)");
    }
    assertThat(page)
        .contains(
            "there are at most " + SpanText.USUAL_MOST + ";",
            "With a wish, " + SpanText.MOST + " at most",
            "of up to " + Occlusion.MOST_SPANS_FOR_PAIRS + " spans all pairs",
            "of up to " + ShapleySampling.MOST_EXACT + " spans exactly",
            FidelityTest.FEWEST_ORDERINGS + " random orders",
            "fewer than " + FidelityTest.FEWEST_SPANS + " spans",
            "At most " + CounterfactualSearch.BUDGET + " texts are tried",
            "`" + SpanText.PLACEHOLDER + "` in its place");
  }
}
