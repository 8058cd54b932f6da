package dev.candor.conformance.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.ProgramRun;
import dev.candor.server.ServedHome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemathesis asks what openapi.yaml allows, and what it does not, and judges the replies. */
class DescriptionTest {

  /**
   * All of its checks but one: what a schema allows may be refused, for no schema says that a
   * choice of tools needs tools, or that a prompt fits the context.
   */
  private static final String NOT_CHECKED = "positive_data_acceptance";

  private @TempDir Path folder;

  @Test
  void theServerDoesWhatItsDescriptionSays() throws Exception {
    try (ServedHome home = new ServedHome(folder.resolve("home"))) {
      ProgramRun run =
          PythonProgram.schemathesis(
              folder,
              "run",
              home.at("/openapi.yaml").toString(),
              "--exclude-checks",
              NOT_CHECKED,
              "--phases",
              "examples,coverage,fuzzing",
              "--seed",
              "1",
              "--max-examples",
              "10",
              "--request-timeout",
              "60",
              "--no-color");
      assertThat(run.status()).as(run.output()).isZero();
      assertThat(run.output())
          .containsPattern("Selected: (\\d\\d)/\\1\\s+Tested: \\1\\s")
          .doesNotContain("repeatedly returned 404");
      assertThat(home.entries().stream().filter(it -> it.kind().equals("decision-finished")))
          .hasSizeGreaterThan(20);
    }
  }
}
