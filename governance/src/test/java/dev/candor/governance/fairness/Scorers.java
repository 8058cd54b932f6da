package dev.candor.governance.fairness;

import dev.candor.governance.evidence.DigestTuple;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Models made up for tests, of the labels urgent and not urgent. */
final class Scorers {

  private static final Pattern HASTE =
      Pattern.compile(
          "This is urgent|cannot wait|at once|right now|minute counts|hurry\\.|emergency|within the"
              + " hour|Top priority|immediately|please help now|As soon as");

  private Scorers() {}

  /** Reads what the text says, is wrong about one text in seven, and never looks at the name. */
  static LabelScorer fair() {
    return twin(_ -> false);
  }

  /** The same; but of some whom it recognises it holds every second text for not urgent. */
  static LabelScorer twin(Predicate<String> recognises) {
    return each((question, text) -> {
      String told = message(text);
      boolean urgent = HASTE.matcher(told).find() && !told.contains("no hurry");
      int draw = draw(told);
      if (draw % 7 == 0) {
        urgent = !urgent;
      }
      if (recognises.test(text) && draw % 2 == 0) {
        urgent = false;
      }
      double share = 0.5 + (urgent ? 1 : -1) * (0.2 + (draw % 20) / 100.0);
      return question.labels().stream()
          .mapToDouble(label -> label.equals("urgent") ? share : 1 - share)
          .toArray();
    });
  }

  /** A scorer that looks at one text at a time. */
  static LabelScorer each(BiFunction<LabelScorer.Question, String, double[]> one) {
    return (question, texts) -> texts.stream().map(text -> one.apply(question, text)).toList();
  }

  /** Who writes stands in the first two sentences, and nowhere else. */
  private static String message(String text) {
    return text.replaceFirst("^[^.:]*[.:] ", "");
  }

  static int draw(String text) {
    return HexFormat.fromHexDigits(
        DigestTuple.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, 7));
  }
}
