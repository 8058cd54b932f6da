package dev.candor.governance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.policy.PolicyInput.ConsentFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command-line start pays for: a fresh process that decides by the standard policy. */
class PolicyStartTest {

  @TempDir private Path folder = Path.of("");

  /** The program of the fresh process. */
  static final class FirstDecision {

    private FirstDecision() {}

    public static void main(String[] arguments) {
      PolicyVerdict verdict =
          Policy.standard().decide(PolicyTest.input("triage", false, ConsentFacts.NONE));
      System.out.println(verdict.rule());
    }
  }

  /** A parser and Protocol Buffers would take a quarter of a second, and make the JVM warn. */
  @Test
  void loadsNoParser() throws IOException, InterruptedException {
    Path classes = folder.resolve("classes");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                FirstDecision.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(printed).isEqualTo("local-work" + System.lineSeparator());
    List<String> loaded = Files.readAllLines(classes);
    assertThat(loaded)
        .anyMatch(line -> line.contains(" dev.cel.runtime.planner.ProgramPlanner "))
        .noneMatch(line -> line.contains(" com.google.protobuf."))
        .noneMatch(line -> line.contains(" org.antlr."))
        .noneMatch(line -> line.contains(" tools.jackson."))
        .noneMatch(line -> line.contains(" org.snakeyaml."));
  }
}
