package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What governance costs, on a model that costs nothing: the figures of both sides are there. */
class BenchGovernanceTest {

  private static final String[] BENCH = {
    "bench",
    "governance",
    "--model",
    TestData.fixture("sambay-tiny").toString(),
    "--prompt",
    "9",
    "--decode",
    "4",
    "--answers",
    "3",
    "--warm-up",
    "1",
    "--streams",
    "1,2"
  };

  @Test
  void figuresOfBothSidesAreThere() {
    CommandRun run = CommandRun.of(with("--json"));
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.err()).isEmpty();
    JsonObject report =
        Json.parseObject(
            new ByteArrayInputStream(run.out().getBytes(StandardCharsets.UTF_8)),
            Json.Limits.CONFIG,
            "output");
    assertThat(Path.of(report.string("ledgerFolder"))).as("deleted").doesNotExist();
    assertThat(Files.exists(Path.of(report.string("ledgerFolder")).getParent())).isTrue();
    List<Object> measurements = report.list("measurements").orElseThrow();
    assertThat(measurements).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonObject measured = (JsonObject) measurements.get(i);
      assertThat(measured.integer("streams", 1, 2)).isEqualTo(i + 1);
      // Two threads answer four times, to answer at least three times.
      assertThat(measured.integer("answersEachWay", 1, 9)).isEqualTo(3 + i);
      for (String side : List.of("bare", "governed")) {
        JsonObject figures = measured.object(side).orElseThrow();
        double median = figures.number("latencyP50Millis");
        assertThat(figures.number("firstTokenP50Millis")).as(side).isPositive();
        assertThat(figures.number("otherTokensP50Millis")).as(side).isPositive();
        assertThat(figures.number("latencyP95Millis")).as(side).isGreaterThanOrEqualTo(median);
        assertThat(figures.number("answersPerSecond")).as(side).isPositive();
      }
      JsonObject change =
          measured.object("changePercent").orElseThrow().object("latencyP50Millis").orElseThrow();
      assertThat(change.number("low")).isLessThanOrEqualTo(change.number("high"));
      // A beginning and an end; each of them durable, two threads may share one force.
      assertThat(measured.number("ledgerEntriesPerDecision")).isEqualTo(2);
      assertThat(measured.number("payloadsPerDecision")).isEqualTo(2);
      assertThat(measured.number("ledgerForcesPerDecision")).isBetween(0.5, 2.0);
      assertThat(measured.number("payloadForcesPerDecision")).isBetween(0.5, 2.0);
      assertThat(measured.number("ledgerBytesPerDecision")).isBetween(300.0, 3_000.0);
    }
  }

  @Test
  void textSaysBothSidesTheFolderAndWhatWasForced() {
    CommandRun run = CommandRun.of(BENCH);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("bare", "governed", "latencyP95Millis", "1 stream, 3 answers each way")
        .contains("2 streams, 4 answers each way", "ledger in ", "forces: ");
  }

  @Test
  void wrongNumbersAreRefused() {
    assertThat(CommandRun.of(with("--streams", "0")).exitCode()).isEqualTo(2);
    assertThat(CommandRun.of(with("--answers", "0")).exitCode()).isEqualTo(2);
    CommandRun longer = CommandRun.of(with("--prompt", "1000000"));
    assertThat(longer.exitCode()).isEqualTo(1);
    assertThat(longer.err()).contains("this model allows");
  }

  private static String[] with(String... more) {
    List<String> all = new ArrayList<>(List.of(BENCH));
    for (int i = 0; i + 1 < more.length; i += 2) {
      int there = all.indexOf(more[i]);
      all.set(there + 1, more[i + 1]);
    }
    if (more.length == 1) {
      all.add(more[0]);
    }
    return all.toArray(String[]::new);
  }
}
