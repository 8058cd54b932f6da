package dev.candor.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.ledger.entries.DecisionStarted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations go on after a restart from what was on the disk, with the same answers. */
class PrefixRestartTest {

  private static final String STATES = "candor_prefix_disk_states";
  private static final String REFUSED = "candor_prefix_disk_refused_total";

  private @TempDir Path temporary;
  private final HttpClient client = HttpClient.newHttpClient();

  private static URI at(ServedHome home) {
    return home.at("");
  }

  /** What a server answers that has nothing to go on from. */
  private List<String> answersAnew(int number, int turns) throws Exception {
    Conversation conversation = Conversation.of(number);
    List<String> answers = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      Path folder = Files.createTempDirectory(temporary, "anew");
      try (ServedHome home = new ServedHome(folder)) {
        Conversation.Turn answer = conversation.ask(client, at(home));
        assertThat(answer.cached()).isZero();
        answers.add(answer.text());
      }
    }
    return answers;
  }

  @Test
  void aConversationGoesOnAfterARestartAndItsDecisionsReplay() throws Exception {
    List<String> anew = answersAnew(1, 3);
    Conversation conversation = Conversation.of(1);
    List<String> answers = new ArrayList<>();
    List<String> decisions = new ArrayList<>();
    for (int process = 0; process < 3; process++) {
      try (ServedHome home = new ServedHome(temporary)) {
        Conversation.Turn answer = conversation.ask(client, at(home));
        answers.add(answer.text());
        decisions.add(answer.decision());
        assertThat(answer.cached() > 64).isEqualTo(process > 0);
        assertThat(Conversation.metric(client, at(home), "candor_prefix_disk_hits_total"))
            .isEqualTo(process > 0 ? 1 : 0);
        assertThat(Conversation.metric(client, at(home), "candor_prefix_reused_tokens_total"))
            .isEqualTo(answer.cached());
      }
    }
    assertThat(answers).isEqualTo(anew);
    try (ServedHome home = new ServedHome(temporary);
        LanguageModel language =
            LanguageModel.open(ServedHome.weights(), LoadOptions.defaults().withThreads(1))) {
      for (String decision : decisions) {
        Replay.Result result =
            new Replay(home.governance())
                .replay(home.governance().records().id(decision), new Same(language));
        assertThat(result.verdict()).as(result.toString()).isEqualTo(Replay.Verdict.SAME);
      }
    }
  }

  private record Same(LanguageModel language) implements Replay.Deciders {
    @Override
    public ModelIdentity model(DecisionStarted started) {
      return new ModelIdentity(ServedHome.MODEL, language, Adapter.NONE);
    }

    @Override
    public SoftmaxHead head(DecisionStarted started) {
      throw new IllegalStateException("no head decided");
    }
  }

  /**
   * A server is killed while many conversations are answered and saved: those whose states had been
   * acknowledged before go on, torn files are refused, and every answer is the one of a reading
   * anew.
   */
  @Test
  void whatWasAcknowledgedIsThereAfterAKillAndWhatIsTornIsRefused() throws Exception {
    int acknowledged = 4;
    List<Conversation> conversations = new ArrayList<>();
    Process process = start();
    try {
      URI server = address(process);
      for (int i = 0; i < acknowledged; i++) {
        Conversation conversation = Conversation.of(i);
        Conversation.Turn unused = conversation.ask(client, server);
        conversations.add(conversation);
        awaitStates(server, i + 1);
      }
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 6; i++) {
          int number = 100 + 1_000 * i;
          threads.execute(() -> askOn(server, number));
        }
        awaitStates(server, acknowledged + 3);
        // Within a write, as likely as not: there is always one that waits.
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
    } finally {
      process.destroyForcibly();
    }
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThanOrEqualTo(acknowledged + 3);
    Files.write(prefixes().resolve("new77.part"), new byte[] {1, 2, 3});
    try (ServedHome home = new ServedHome(temporary)) {
      assertThat(Conversation.metric(client, at(home), STATES)).isEqualTo(files.size());
      assertThat(Conversation.metric(client, at(home), REFUSED)).isZero();
      assertThat(prefixes().resolve("new77.part")).doesNotExist();
      for (int i = 0; i < acknowledged / 2; i++) {
        assertGoesOn(conversations.get(i), home, i, true);
      }
    }
    // What a disk that lies may leave of a file: a part of it.
    for (Path file : files()) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        FileChannel unused = channel.truncate(channel.size() / 2);
      }
    }
    try (ServedHome home = new ServedHome(temporary)) {
      for (int i = acknowledged / 2; i < acknowledged; i++) {
        assertGoesOn(conversations.get(i), home, i, false);
      }
      assertThat(Conversation.metric(client, at(home), REFUSED)).isGreaterThan(1);
    }
  }

  private void assertGoesOn(Conversation conversation, ServedHome home, int number, boolean cached)
      throws Exception {
    Conversation.Turn turn = conversation.ask(client, at(home));
    assertThat(turn.cached() > 64).isEqualTo(cached);
    assertThat(turn.text()).isEqualTo(answersAnew(number, 2).get(1));
  }

  /** One conversation after the other, until the server is gone. */
  private void askOn(URI server, int number) {
    try {
      for (int i = 0; ; i++) {
        Conversation.Turn unused = Conversation.of(number + i).ask(client, server);
      }
    } catch (IOException | InterruptedException e) {
      // Killed, as it was to be.
      return;
    }
  }

  private void awaitStates(URI server, int most) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (Conversation.metric(client, server, STATES) < most) {
      assertThat(System.nanoTime()).as("no state was written").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private Path prefixes() {
    return temporary.resolve("home/prefixes");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(prefixes())) {
      Set<Path> files =
          all.filter(it -> it.toString().endsWith(".prefix"))
              .collect(Collectors.toCollection(TreeSet::new));
      return List.copyOf(files);
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ServedLoop.class.getName(),
            temporary.toString())
        .redirectError(temporary.resolve("stderr").toFile())
        .start();
  }

  private URI address(Process process) throws IOException {
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = out.readLine();
    return URI.create(
        Objects.requireNonNull(
            line, () -> "it did not start: " + read(temporary.resolve("stderr"))));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
