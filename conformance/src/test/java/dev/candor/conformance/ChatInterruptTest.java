package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, that is SIGINT, in a process of its own: it stops an answer, not the chat. */
@EnabledOnOs(OS.LINUX)
class ChatInterruptTest {

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void interruptStopsTheAnswerAndTheChatGoesOn() throws Exception {
    Process chat = start("--max-tokens", "4000", "--context", "4096");
    try (Writer questions = chat.outputWriter(StandardCharsets.UTF_8);
        InputStream answers = chat.getInputStream();
        BufferedReader notices = chat.errorReader(StandardCharsets.UTF_8)) {
      ask(questions, "A long story, please.");
      assertThat(answers.read()).isNotNegative();
      CandorProcess.interrupt(chat);
      assertThat(awaitSummary(notices)).contains("(stopped)");
      assertThat(chat.isAlive()).isTrue();
      ask(questions, "And another.");
      answers.skipNBytes(answers.available());
      assertThat(answers.read()).isNotNegative();
      CandorProcess.interrupt(chat);
      assertThat(awaitSummary(notices)).contains("(stopped)");
      ask(questions, "/exit");
      assertThat(chat.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(chat.exitValue()).isZero();
    } finally {
      chat.destroyForcibly();
    }
  }

  @Test
  @Timeout(120)
  void interruptBetweenAnswersEndsAPipedChat() throws Exception {
    Process chat = start("--max-tokens", "3");
    try (Writer questions = chat.outputWriter(StandardCharsets.UTF_8);
        BufferedReader notices = chat.errorReader(StandardCharsets.UTF_8)) {
      ask(questions, "Hello");
      awaitSummary(notices);
      // The answer is over a moment after its summary.
      Thread.sleep(200);
      CandorProcess.interrupt(chat);
      assertThat(chat.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(chat.exitValue()).isEqualTo(130);
    } finally {
      chat.destroyForcibly();
    }
  }

  private Process start(String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("chat", "--model", TestData.fixture("sambay-tiny").toString()));
    arguments.addAll(List.of(options));
    return CandorProcess.start(folder.resolve("home"), arguments);
  }

  private static void ask(Writer questions, String line) throws IOException {
    questions.write(line + "\n");
    questions.flush();
  }

  private static String awaitSummary(BufferedReader notices) throws IOException {
    String line = notices.readLine();
    while (line != null && !line.contains("tokens/s")) {
      line = notices.readLine();
    }
    assertThat(line).isNotNull();
    return line;
  }
}
