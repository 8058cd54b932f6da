package dev.candor.conformance.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.ServedHome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of docs/start/java-programs.md is this one, and it answers. */
class LangChain4jAnswerTest {

  private static final Path SOURCE =
      Path.of("src/test/java/dev/candor/conformance/langchain4j/LangChain4jAnswer.java");
  private static final Path DOCUMENT = Path.of("../docs/start/java-programs.md");

  @Test
  void documentShowsTheProgramAsItIs() throws Exception {
    String source = Files.readString(SOURCE);
    assertThat(Files.readString(DOCUMENT))
        .contains("```java\n" + source.substring(source.indexOf("import ")) + "```\n");
  }

  @Test
  void answers(@TempDir Path folder) {
    PrintStream usual = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ServedHome home = new ServedHome(folder)) {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      LangChain4jAnswer.main(new String[] {home.url(), ServedHome.QUESTION});
    } finally {
      System.setOut(usual);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).strip()).isEqualTo(ServedHome.ANSWER);
  }
}
