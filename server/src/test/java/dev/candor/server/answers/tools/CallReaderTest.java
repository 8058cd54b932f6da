package dev.candor.server.answers.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.answers.AnswerPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What models write is read the same however it is divided into pieces. */
class CallReaderTest {

  /** What was read: text, and calls as {@code name(arguments)}. */
  private static List<String> read(ToolDialect dialect, String written, Random random) {
    CallReader reader = new CallReader(dialect.form(), false);
    List<AnswerPart> parts = new ArrayList<>();
    for (int at = 0; at < written.length(); ) {
      int end = Math.min(written.length(), at + 1 + random.nextInt(random.nextBoolean() ? 3 : 30));
      parts.addAll(reader.next(written.substring(at, end)));
      at = end;
    }
    parts.addAll(reader.finish());
    StringBuilder text = new StringBuilder();
    List<String> names = new ArrayList<>();
    List<StringBuilder> arguments = new ArrayList<>();
    for (AnswerPart part : parts) {
      switch (part) {
        case AnswerPart.Text it -> text.append(it.text());
        case AnswerPart.Thought it -> throw new AssertionError(it);
        case AnswerPart.CallBegun it -> {
          assertThat(it.index()).isEqualTo(names.size());
          names.add(it.name());
          arguments.add(new StringBuilder());
        }
        case AnswerPart.CallArguments it -> arguments.get(it.index()).append(it.text());
      }
    }
    assertThat(reader.calls()).isEqualTo(names.size());
    List<String> read = new ArrayList<>(List.of(text.toString()));
    for (int i = 0; i < names.size(); i++) {
      read.add(names.get(i) + "(" + arguments.get(i) + ")");
    }
    return read;
  }

  static Stream<Arguments> written() {
    ToolDialect hermes = new HermesDialect();
    ToolDialect llama = new Llama3Dialect();
    ToolDialect mistral = new MistralDialect();
    ToolDialect phi = new Phi4Dialect();
    return Stream.of(
        Arguments.of(hermes, "Just text, a < b.", List.of("Just text, a < b.")),
        Arguments.of(
            hermes,
            "Well.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": {\"b\": [1, \"}\"]}}}\n"
                + "</tool_call>",
            List.of("Well.", "add({\"a\": {\"b\": [1, \"}\"]}})")),
        Arguments.of(
            hermes,
            "<tool_call>{\"arguments\": {\"x\": \"\\\"\"}, \"name\": \"f\"}</tool_call>"
                + "<tool_call>{\"name\":\"g\",\"arguments\":{}}</tool_call> Done.",
            List.of(" Done.", "f({\"x\": \"\\\"\"})", "g({})")),
        Arguments.of(
            hermes,
            "<tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>",
            List.of("", "f({\"a\": 1})")),
        Arguments.of(hermes, "<tool_call>{\"no\": 1}</tool_call>", List.of("{\"no\": 1}")),
        Arguments.of(
            llama, "{\"name\": \"f\", \"parameters\": {\"a\": 1}}", List.of("", "f({\"a\": 1})")),
        Arguments.of(llama, "Text with {\"name\": 1}", List.of("Text with {\"name\": 1}")),
        Arguments.of(
            mistral,
            "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {\"a\": [1]}}, {\"name\": \"g\","
                + " \"arguments\": {}}]",
            List.of("", "f({\"a\": [1]})", "g({})")),
        Arguments.of(
            phi,
            "<|tool_call|>[{\"name\": \"f\", \"arguments\": {}}]<|/tool_call|>",
            List.of("", "f({})")));
  }

  @ParameterizedTest
  @MethodSource("written")
  void isReadHoweverItIsDivided(ToolDialect dialect, String written, List<String> read) {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      assertThat(read(dialect, written, random)).as("seed %d", seed).isEqualTo(read);
    }
  }
}
