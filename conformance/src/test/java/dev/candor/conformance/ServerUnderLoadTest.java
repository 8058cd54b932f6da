package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.ServedProcess.End;
import dev.candor.conformance.ServedProcess.Told;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A server that many ask at once, some of whom leave or ask again. {@code benchmarks/soak} does the
 * same for minutes, and judges times and memory too.
 */
class ServerUnderLoadTest {

  private static final int STREAMS = 16;
  private static final int NEVER = Integer.MAX_VALUE;

  /** Ends of text and of a turn: without them an answer goes on to its length. */
  private static final String ENDLESS = "'logit_bias': {'763': -1000, '767': -1000}, ";

  private @TempDir Path temporary;

  /** What somebody asked, and what came of it. */
  private record Asked(int client, String key, String body, Told told, boolean left) {}

  /** What the same seed and number wish is the same. */
  private static String wish(ServedProcess server, int client, int number) {
    SplittableRandom random = new SplittableRandom(1_000L * client + number);
    String manner =
        switch (random.nextInt(4)) {
          case 0 -> "'temperature': 0";
          case 1 -> "'temperature': 0.9";
          case 2 -> "'temperature': 1.2, 'top_p': 0.9, 'min_p': 0.02";
          default -> "'temperature': 0.8, 'top_k': 20, 'repetition_penalty': 1.1";
        };
    return server.question(
        random.nextInt(1_000), ENDLESS + "'max_tokens': 32, 'seed': " + number + ", " + manner);
  }

  @Test
  void everybodyGetsTheirShareAndWhatTheyWouldGetAlone() throws Exception {
    Path home = temporary.resolve("home");
    List<Asked> all = new ArrayList<>();
    try (ServedProcess server = ServedProcess.start(home, STREAMS);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // Code is compiled.
      assertThat(server.ask(0, "first", wish(server, 99, 0), NEVER).end()).isPresent();
      long end = System.nanoTime() + 15_000_000_000L;
      List<Future<List<Asked>>> clients = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        int client = i;
        clients.add(threads.submit(() -> askUntil(server, client, end)));
      }
      List<Integer> shares = new ArrayList<>();
      for (Future<List<Asked>> client : clients) {
        shares.add(client.get().stream().mapToInt(it -> it.told().tokens()).sum());
        all.addAll(client.get());
      }
      assertThat(all)
          .allSatisfy(it -> {
            assertThat(it.told().status()).isEqualTo(200);
            assertThat(it.told().error()).isEmpty();
            assertThat(it.left() || it.told().end().isPresent()).as(it.key()).isTrue();
          });
      shares.sort(null);
      assertThat(shares.getFirst()).as("%s", shares).isGreaterThan(shares.get(STREAMS / 2) / 2);
      assertThat(server.stop()).isZero();
      // Clients may leave; that is nothing to tell an operator of.
      assertThat(server.log()).doesNotContain("Exception");
    }
    assertEqualAlone(home, all.stream().filter(it -> !it.left()).toList());
    assertRecorded(home, all.stream().map(Asked::told).toList());
  }

  private static List<Asked> askUntil(ServedProcess server, int client, long end) {
    List<Asked> asked = new ArrayList<>();
    for (int number = 0; System.nanoTime() < end; number++) {
      String key = client + "-" + number;
      String body = wish(server, client, number);
      boolean leaves = number % 5 == 3;
      Told told = server.ask(client, key, body, leaves ? 1 + client % 4 : NEVER);
      asked.add(new Asked(client, key, body, told, leaves));
      if (leaves || number % 5 == 1) {
        Told again = server.ask(client, key, body, NEVER);
        asked.add(new Asked(client, key, body, again, false));
        if (!leaves) {
          assertThat(again.text()).isEqualTo(told.text());
          assertThat(again.end().orElseThrow().repeated()).isTrue();
        } else {
          assertThat(again.text()).startsWith(told.text());
        }
      }
    }
    return asked;
  }

  private static void assertEqualAlone(Path home, List<Asked> asked) throws Exception {
    try (ServedProcess server = ServedProcess.start(home, 1)) {
      for (int i = 0; i < asked.size(); i += Math.max(1, asked.size() / 16)) {
        Asked each = asked.get(i);
        Told alone = server.ask(0, "alone " + i, each.body(), NEVER);
        assertThat(alone.text()).as(each.body()).isEqualTo(each.told().text());
      }
    }
  }

  @Test
  void whatWasAcknowledgedOutlivesAKill() throws Exception {
    Path home = temporary.resolve("home");
    Map<String, Asked> ended = new HashMap<>();
    List<Told> all = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(8);
    for (int round = 0; round < 2; round++) {
      List<Asked> asked = killed(home, round, random.nextInt(20, 60));
      assertThat(asked).anyMatch(it -> it.told().end().isEmpty());
      asked.forEach(it -> all.add(it.told()));
      asked.stream()
          .filter(it -> it.told().end().isPresent())
          .forEach(it -> ended.put(it.key(), it));
      assertRecorded(home, all);
    }
    try (ServedProcess server = ServedProcess.start(home, STREAMS)) {
      for (Asked each : ended.values().stream().limit(10).toList()) {
        Told again = server.ask(0, each.key(), each.body(), NEVER);
        assertThat(again.end().orElseThrow())
            .isEqualTo(
                new End(
                    each.told().end().orElseThrow().reason(),
                    each.told().end().orElseThrow().decision(),
                    each.told().end().orElseThrow().finished(),
                    true));
        assertThat(again.text()).isEqualTo(each.told().text());
      }
      assertThat(server.ask(0, "behind it", wish(server, 50, 0), NEVER).end()).isPresent();
      assertThat(server.stop()).isZero();
    }
  }

  /** Lets a server be asked by all, and kills it behind so many ends. */
  private static List<Asked> killed(Path home, int round, int ends) throws Exception {
    List<Asked> all = new ArrayList<>();
    AtomicInteger ended = new AtomicInteger();
    try (ServedProcess server = ServedProcess.start(home, STREAMS);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Asked>>> clients = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        int client = i;
        clients.add(
            threads.submit(() -> {
              List<Asked> asked = new ArrayList<>();
              boolean alive = true;
              for (int number = 0; alive; number++) {
                String key = round + "-" + client + "-" + number;
                String body = wish(server, client, number);
                Told told = server.ask(client, key, body, NEVER);
                asked.add(new Asked(client, key, body, told, false));
                alive = told.end().isPresent();
                ended.addAndGet(alive ? 1 : 0);
              }
              return asked;
            }));
      }
      while (ended.get() < ends) {
        Thread.sleep(2);
      }
      server.kill();
      for (Future<List<Asked>> client : clients) {
        all.addAll(client.get());
      }
    }
    return all;
  }

  /** The ledger is whole, and has what was told: beginnings before a token, ends before the end. */
  private static void assertRecorded(Path home, List<Told> all) throws Exception {
    CommandRun verified = CandorProcess.run(home, "audit", "verify");
    assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    Set<String> begun = new HashSet<>();
    for (JsonNode entry : ServedProcess.entries(home, "decision-started")) {
      begun.add(entry.get("decision").asString());
    }
    Map<Long, String> ends = new HashMap<>();
    for (JsonNode entry : ServedProcess.entries(home, "decision-finished")) {
      ends.put(entry.get("entry").asLong(), entry.get("decision").asString());
    }
    for (Told told : all) {
      if (told.tokens() > 0) {
        assertThat(begun).containsAll(told.decision().stream().toList());
      }
      told.end().ifPresent(end -> assertThat(ends).containsEntry(end.finished(), end.decision()));
    }
  }
}
