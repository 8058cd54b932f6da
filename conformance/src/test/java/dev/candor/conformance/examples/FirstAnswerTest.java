package dev.candor.conformance.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.TestData;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The program of docs/start/first-answer.md is this one, and it does what is said of it. */
class FirstAnswerTest {

  private static final Path SOURCE =
      Path.of("src/test/java/dev/candor/conformance/examples/FirstAnswer.java");
  private static final Path DOCUMENT = Path.of("../docs/start/first-answer.md");

  @Test
  void documentShowsTheProgramAsItIs() throws Exception {
    String source = Files.readString(SOURCE);
    assertThat(Files.readString(DOCUMENT))
        .contains("```java\n" + source.substring(source.indexOf("import ")) + "```\n");
  }

  @Test
  void answersFromAFolder() {
    assertThat(output(TestData.fixture("llama-smol"), "Hello")).containsPattern("\\d+ tokens, ");
  }

  /** The program of docs/start/java-programs.md. */
  @Test
  void anAnswerMayBePublished() throws Exception {
    String source = Files.readString(SOURCE.resolveSibling("FlowAnswer.java"));
    assertThat(Files.readString(DOCUMENT.resolveSibling("java-programs.md")))
        .contains("```java\n" + source.substring(source.indexOf("import ")) + "```\n");
    Path weights = TestData.fixture("llama-smol");
    String whole = output(weights, "Hello");
    assertThat(output(FlowAnswer::main, weights, "Hello"))
        .isNotEmpty()
        .isEqualTo(whole.substring(0, whole.stripTrailing().lastIndexOf('\n')));
  }

  @Test
  @Tag("real-data")
  void printsWhatTheDocumentSays() throws Exception {
    String printed =
        output(
            TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf"), "What is the capital of Germany?");
    assertThat(printed)
        .isEqualToNormalizingNewlines("The capital of Germany is Berlin.\n8 tokens, END\n");
    assertThat(Files.readString(DOCUMENT)).contains(printed.indent(4));
  }

  private static String output(Path weights, String question) {
    return output(FirstAnswer::main, weights, question);
  }

  private static String output(Consumer<String[]> program, Path weights, String question) {
    PrintStream usual = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      program.accept(new String[] {weights.toString(), question});
    } finally {
      System.setOut(usual);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
