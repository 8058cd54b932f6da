package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.Forgetting;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server remembers goes with an erasure, also where nobody asks it anything any more. */
class ErasedMemoryTest {

  private static final String MEMORY = "candor_prefix_memory_bytes";
  private static final String STATES = "candor_prefix_disk_states";

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void anErasureOfAnotherProcessIsNoticed(@TempDir Path folder) throws Exception {
    try (ServedHome home = new ServedHome(folder)) {
      Conversation.Turn turn = Conversation.of(1).ask(client, home.at(""));
      assertThat(comesTo(home, STATES, 1)).isTrue();
      assertThat(metric(home, MEMORY)).isPositive();
      try (Governance another = ServedHome.open(folder)) {
        Forgetting.Forgotten forgotten =
            new Forgetting(another)
                .decision(
                    Principal.of("gina", List.of(Role.GOVERN)),
                    another.records().id(turn.decision()),
                    "asked for");
        assertThat(forgotten.payloads()).isPositive();
      }
      assertThat(comesTo(home, MEMORY, 0)).isTrue();
      assertThat(comesTo(home, STATES, 0)).isTrue();
    }
  }

  /** Now or in a short while. */
  private boolean comesTo(ServedHome home, String name, double value) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (metric(home, name) != value && System.nanoTime() < end) {
      Thread.sleep(100);
    }
    return metric(home, name) == value;
  }

  private double metric(ServedHome home, String name) throws Exception {
    return Conversation.metric(client, home.at(""), name);
  }
}
