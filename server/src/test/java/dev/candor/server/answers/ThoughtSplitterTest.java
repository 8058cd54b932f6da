package dev.candor.server.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThoughtSplitterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "false|<think>hm < </thin</think>~~Yes.|hm < </thin|Yes.",
        "false|No thoughts <think> here.|''|No thoughts <think> here.",
        "false|<thin|''|<thin",
        "false|<think>cut off|cut off|''",
        "true|hm</think>Yes.|hm|Yes.",
        "true|still</thi|still</thi|''",
        "false|  <think></think> Yes|''|Yes",
      })
  void isSplitHoweverItIsDivided(boolean begun, String written, String thoughts, String answer) {
    String text = written.replace('~', '\n');
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      ThoughtSplitter splitter = new ThoughtSplitter(Optional.of("</think>"), begun);
      StringBuilder thought = new StringBuilder();
      StringBuilder said = new StringBuilder();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(8));
        splitter.next(text.substring(at, end)).forEach(part -> add(part, thought, said));
        at = end;
      }
      splitter.finish().forEach(part -> add(part, thought, said));
      assertThat(thought).as("seed %d", seed).hasToString(thoughts);
      assertThat(said).as("seed %d", seed).hasToString(answer);
    }
  }

  private static void add(AnswerPart part, StringBuilder thought, StringBuilder said) {
    switch (part) {
      case AnswerPart.Thought it -> thought.append(it.text());
      case AnswerPart.Text it -> said.append(it.text());
      default -> throw new AssertionError(part);
    }
  }
}
