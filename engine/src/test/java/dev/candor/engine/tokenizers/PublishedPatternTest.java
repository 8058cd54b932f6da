package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scanners against the JDK's regular expressions, on texts short enough for those. */
final class PublishedPatternTest {

  @ParameterizedTest
  @EnumSource
  void matchesWhatItsExpressionMatches(PublishedPattern pattern) {
    for (String expression : pattern.expressions()) {
      Pattern reference =
          Pattern.compile(expression.replace("(?i:", "(?iu:"), Pattern.UNICODE_CHARACTER_CLASS);
      RandomTexts texts = new RandomTexts(6);
      for (int i = 0; i < 5000; i++) {
        String text = texts.next(25);
        List<String> expected = new ArrayList<>();
        for (Matcher matcher = reference.matcher(text); matcher.find(); ) {
          expected.add(matcher.group());
        }
        PreTokenizer split = new PreTokenizer.Split(pattern, PreTokenizer.Behavior.REMOVED, true);
        assertThat(split.pieces(text)).as("%s", text.codePoints().toArray()).isEqualTo(expected);
      }
    }
  }
}
