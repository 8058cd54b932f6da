package dev.candor.conformance.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.Role;
import dev.candor.server.ProgramRun;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerSettings;
import dev.candor.server.Thinker;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The Python clients of OpenAI and Ollama as they come: what they ask is in src/test/python. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class PythonClientsTest {

  private Path folder;
  private ServedHome open;
  private ServedHome guarded;
  private Map<String, String> environment;

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    Path home = folder.resolve("guarded");
    String key = ServedHome.createKey(home, "caller", Role.INVOKE).key();
    String auditor = ServedHome.createKey(home, "auditor", Role.AUDIT).key();
    Thinker models = new Thinker(folder);
    open = new ServedHome(folder.resolve("open"), ServerSettings.loopback(0), models);
    guarded = new ServedHome(home, ServedHome.settings(200), models);
    environment =
        Map.of(
            "CANDOR_URL",
            open.at("").toString(),
            "CANDOR_GUARDED_URL",
            guarded.at("").toString(),
            "CANDOR_QUESTION",
            ServedHome.QUESTION,
            "CANDOR_ANSWER",
            ServedHome.ANSWER,
            "CANDOR_KEY",
            key,
            "CANDOR_AUDITOR_KEY",
            auditor);
  }

  @AfterAll
  void stop() {
    open.close();
    guarded.close();
  }

  @Test
  void openAisClientGetsWhatItAsksFor() throws Exception {
    passes("openai_client.py");
  }

  @Test
  void ollamasClientGetsWhatItAsksFor() throws Exception {
    passes("ollama_client.py");
  }

  private void passes(String file) throws Exception {
    ProgramRun run = PythonProgram.tests(folder, file, environment);
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).containsPattern("Ran \\d\\d tests");
  }
}
