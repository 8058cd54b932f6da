package dev.candor.conformance.decisions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.Governance;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that decides is killed at calls to the system that write, force or rename, its
 * database's too: whatever it had told is on record. {@code strace} counts the calls of each
 * thread.
 */
class DecisionCrashTest {

  private static final String CALLS = "fsync,fdatasync,write,pwrite64,ftruncate,rename,renameat2";

  private @TempDir Path temporary;

  private int folders;

  private record Reach(String call, int most, int times) {}

  @Test
  void whatWasToldIsOnRecordWhereverItIsKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(6);
    int kills = 0;
    // A run of 30 decisions has about so many of each in the thread that has most.
    for (Reach reach :
        List.of(
            new Reach("fsync,fdatasync", 40, 5),
            new Reach("pwrite64", 600, 3),
            new Reach("write", 100, 3),
            new Reach("rename,renameat2", 1, 1))) {
      for (int i = 0; i < reach.times; i++) {
        kills += killed(reach.call, 1 + random.nextInt(reach.most), 30) ? 1 : 0;
      }
    }
    // Otherwise nothing was tried.
    assertThat(kills).isGreaterThan(5);
  }

  /** Each n-th call of a run of 200 decisions, until it lives to its end; takes hours. */
  @Tag("soak")
  @Test
  void whatWasToldIsOnRecordAtEveryCall() throws Exception {
    for (String call : CALLS.split(",")) {
      for (int n = 1; killed(call, n, 200); n++) {
        System.out.println(call + " " + n);
      }
    }
  }

  /** Runs and judges; whether it was killed. */
  private boolean killed(String call, int n, int decisions) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("run" + folders++));
    Process process = start(folder, call, n, decisions);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    Set<String> told = said(out, "told ");
    Set<String> done = said(out, "done ");
    Set<String> started = new HashSet<>();
    Set<String> finished = new HashSet<>();
    try (Governance governance = Governance.open(DecisionLoop.settings(folder))) {
      for (long place = 0; place < governance.ledger().size(); place++) {
        Entry entry = governance.ledger().entry(place);
        switch (entry.kind()) {
          case DecisionStarted.KIND -> {
            started.add(entry.required("decision"));
            assertThat(governance.records().bytes(DecisionStarted.of(entry).input())).isPresent();
          }
          case DecisionFinished.KIND -> {
            finished.add(entry.required("decision"));
            assertThat(
                    governance.records().bytes(DecisionFinished.of(entry).output().orElseThrow()))
                .isPresent();
          }
          default -> throw new AssertionError(entry.kind());
        }
      }
    }
    assertThat(started).as("told without a record, " + call + " " + n).containsAll(told);
    assertThat(finished).as("done without a record, " + call + " " + n).containsAll(done);
    return done.size() < decisions;
  }

  private static Set<String> said(String out, String word) {
    Set<String> ids = new HashSet<>();
    // The last line may have been cut off.
    out.substring(0, out.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith(word))
        .forEach(line -> ids.add(line.substring(word.length())));
    return ids;
  }

  private static Process start(Path folder, String call, int n, int decisions) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
    command.addAll(List.of("-e", "trace=" + call));
    command.addAll(List.of("-e", "inject=" + call + ":signal=KILL:when=" + n));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DecisionLoop.class.getName(),
            folder.toString(),
            Integer.toString(decisions)));
    try {
      return new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile()).start();
    } catch (IOException e) {
      throw new AssertionError("strace is needed: install the package strace", e);
    }
  }
}
