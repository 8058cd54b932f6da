package dev.candor.ledger.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes append to one ledger, and one of them dies. */
class ProcessesTest {

  private static final int COUNT = 300;

  @TempDir Path home;

  private Process start(String name, int count) throws IOException {
    return new ProcessBuilder(AppendingProcess.command(home, name, count, 1_000_000))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** What a process tells, until it ends or has told of so many. */
  private static Map<Long, Integer> told(BufferedReader lines, int most) throws IOException {
    Map<Long, Integer> told = new LinkedHashMap<>();
    for (String line = ""; told.size() < most; ) {
      line = lines.readLine();
      if (line == null) {
        break;
      }
      if (Character.isDigit(line.charAt(0))) {
        String[] parts = line.split(" ");
        told.put(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
      }
    }
    return told;
  }

  private void check(Map<String, Map<Long, Integer>> told) {
    WrittenLedger.isWell(home);
    try (Ledger view = Ledger.view(home)) {
      told.forEach((name, entries) ->
          entries.forEach((index, number) -> {
            Entry entry = view.entry(index);
            assertThat(entry.required("by")).isEqualTo(name);
            assertThat(entry.required("number")).isEqualTo(Integer.toString(number));
          }));
      Map<String, Integer> next = new LinkedHashMap<>();
      long[] clock = {Long.MIN_VALUE};
      view.forEach(
          0,
          view.size(),
          (index, entry) -> {
            // Each process's entries are there once, in its order, and the clock never goes back.
            int number = Integer.parseInt(entry.required("number"));
            assertThat(number).isEqualTo(next.getOrDefault(entry.required("by"), 0));
            next.put(entry.required("by"), number + 1);
            long now = Long.parseLong(entry.required("clock"));
            assertThat(now).isGreaterThan(clock[0]);
            clock[0] = now;
          });
    }
  }

  @Test
  void twoProcessesShareALedger() throws Exception {
    Process first = start("first", COUNT);
    Process second = start("second", COUNT);
    Map<String, Map<Long, Integer>> told = readAll(List.of(first, second));
    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(told.get("first")).hasSize(COUNT);
    assertThat(told.get("second")).hasSize(COUNT);
    check(told);
    try (Ledger view = Ledger.view(home)) {
      assertThat(view.size()).isEqualTo(2 * COUNT);
    }
  }

  /** Killed again and again, at moments of chance; the other does not notice. */
  @Test
  void oneIsKilledAndTheOtherGoesOn() throws Exception {
    Process steady = start("steady", 5 * COUNT);
    Map<String, Map<Long, Integer>> told = new LinkedHashMap<>();
    for (int i = 0; i < 4; i++) {
      String name = "killed" + i;
      Process killed = start(name, 1_000_000);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(killed.getInputStream(), UTF_8));
      Map<Long, Integer> before = told(lines, 7 + 13 * i);
      // Not the process itself: that would close what it has told.
      killed.toHandle().destroyForcibly();
      before.putAll(told(lines, Integer.MAX_VALUE));
      killed.waitFor();
      assertThat(before).hasSizeGreaterThanOrEqualTo(7);
      told.put(name, before);
    }
    told.putAll(readAll(List.of(steady)));
    assertThat(steady.waitFor()).isZero();
    Map<Long, Integer> whole = told.remove("first");
    assertThat(whole).hasSize(5 * COUNT);
    told.put("steady", whole);
    check(told);
  }

  @Test
  void namesTheProcessThatHoldsTheLock() throws Exception {
    try (DiskFolder folder = DiskFolder.create(home)) {
      assertThat(folder.tryLock(ProcessHandle.current().pid() + " this test")).isTrue();
      List<String> command = new ArrayList<>(AppendingProcess.command(home, "other", 1, 1_000_000));
      command.add(1, "-Dlock.wait.millis=100");
      Process other = new ProcessBuilder(command).redirectErrorStream(true).start();
      String told = new String(other.getInputStream().readAllBytes(), UTF_8);
      assertThat(told)
          .startsWith("failed ledger.locked")
          .contains(ProcessHandle.current().pid() + " this test")
          .contains("100 ms");
      folder.unlock();
    }
    try (Ledger ledger = Ledger.open(home, TestKeys.SETTINGS)) {
      assertThat(ledger.append(LedgerTest.note(0)).index()).isZero();
    }
  }

  /** What several tell, the first under the name first, and so on. */
  private static Map<String, Map<Long, Integer>> readAll(List<Process> processes) throws Exception {
    List<String> names = List.of("first", "second");
    Map<String, Map<Long, Integer>> told = new LinkedHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      String name = names.get(i);
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(processes.get(i).getInputStream(), UTF_8));
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  Map<Long, Integer> all = told(lines, Integer.MAX_VALUE);
                  synchronized (told) {
                    told.put(name, all);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return told;
  }
}
