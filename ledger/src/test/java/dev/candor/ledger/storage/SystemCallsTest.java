package dev.candor.ledger.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that appends, seen from the system: {@code strace} kills it at a call, lets a call
 * fail, or writes down all of them.
 */
class SystemCallsTest {

  private static final int ENTRIES = 200;
  private static final int EACH_CHECKPOINT = 40;

  private static final Pattern TOLD = Pattern.compile("(\\d+) (\\d+)");

  @TempDir Path temporary;

  private int folders;

  private record Run(Path folder, List<String> told, int status) {
    boolean ended() {
      return told.contains("end");
    }
  }

  private Run run(List<String> options) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("run" + folders++));
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq"));
    command.addAll(options);
    if (!options.contains("-o")) {
      command.addAll(List.of("-o", "/dev/null"));
    }
    command.addAll(
        AppendingProcess.command(folder.resolve("ledger"), "it", ENTRIES, EACH_CHECKPOINT));
    Process process;
    try {
      process =
          new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile()).start();
    } catch (IOException e) {
      throw new AssertionError("strace is needed: install the package strace", e);
    }
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    // The last line may have been cut off.
    List<String> told = out.substring(0, out.lastIndexOf('\n') + 1).lines().toList();
    assertThat(Files.readString(folder.resolve("stderr"))).isEmpty();
    return new Run(folder.resolve("ledger"), told, status);
  }

  /** Kills it at the n-th of these calls; whether that was before its end. */
  private boolean killed(String calls, int n) throws Exception {
    Run run =
        run(List.of("-e", "trace=" + calls, "-e", "inject=" + calls + ":signal=KILL:when=" + n));
    check(run, calls + " " + n);
    return !run.ended();
  }

  private static void check(Run run, String what) {
    if (run.told().isEmpty() && !Files.exists(run.folder())) {
      return; // It died before there was anything.
    }
    try (Ledger ledger = Ledger.open(run.folder(), TestKeys.SETTINGS)) {
      long checkpoint = 0;
      for (String line : run.told()) {
        Matcher told = TOLD.matcher(line);
        if (told.matches()) {
          Entry entry = ledger.entry(Long.parseLong(told.group(1)));
          assertThat(entry.required("number")).as(what).isEqualTo(told.group(2));
        } else if (line.startsWith("checkpoint ")) {
          checkpoint = Long.parseLong(line.substring("checkpoint ".length()));
        }
      }
      long appended = ledger.append(LedgerTest.note(-1)).index();
      assertThat(ledger.size()).isEqualTo(appended + 1);
      if (checkpoint > 0) {
        try (Ledger view = Ledger.view(run.folder())) {
          assertThat(Checkpoint.parse(view.checkpoint().text()).size())
              .as(what)
              .isGreaterThanOrEqualTo(checkpoint);
        }
      }
      WrittenLedger.isWell(run.folder());
    } catch (LedgerException e) {
      throw new AssertionError(what + ": " + e.code(), e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'fsync,fdatasync', 230, 29",
    "'write,pwrite64', 620, 89",
    "'ftruncate', 230, 61",
    "'rename,renameat2', 6, 3"
  })
  void nothingToldIsLostWhereverItIsKilled(String calls, int most, int step) throws Exception {
    int kills = 0;
    for (int n = 1; n <= most; n += step) {
      kills += killed(calls, n) ? 1 : 0;
    }
    assertThat(kills).isPositive();
  }

  /** At every call, one after the other, until it lives to its end; takes half an hour. */
  @Tag("soak")
  @ParameterizedTest
  @CsvSource({"'fsync,fdatasync'", "'write,pwrite64'", "ftruncate", "'rename,renameat2'"})
  void nothingToldIsLostAtEveryCall(String calls) throws Exception {
    int n = 1;
    while (killed(calls, n)) {
      n++;
    }
    System.out.println(calls + ": killed at each of " + (n - 1));
  }

  /** A call fails for once; the process says so, goes on, and what it told is there. */
  @ParameterizedTest
  @CsvSource({
    "'fsync,fdatasync', EIO, 17",
    "'fsync,fdatasync', EIO, 120",
    "'fsync,fdatasync', ENOSPC, 60",
    "'write,pwrite64', ENOSPC, 302",
    "'write,pwrite64', ENOSPC, 303",
    "'write,pwrite64', EIO, 304",
    "'rename,renameat2', EIO, 3",
    "'ftruncate', EIO, 100"
  })
  void goesOnAfterAnError(String calls, String error, int n) throws Exception {
    Run run =
        run(
            List.of(
                "-e",
                "trace=" + calls,
                "-e",
                "inject=" + calls + ":error=" + error + ":when=" + n));
    assertThat(run.status()).isZero();
    assertThat(run.ended()).isTrue();
    long told = run.told().stream().filter(line -> TOLD.matcher(line).matches()).count();
    assertThat(told).isBetween(ENTRIES - 1L, (long) ENTRIES);
    if (calls.startsWith("fsync")) {
      assertThat(run.told()).contains("failed ledger.storage-failed");
    }
    check(run, calls + " " + error + " " + n);
  }

  /** In the order in which the system saw it: the group, its force, and only then the word. */
  @Test
  void tellsOnlyWhatIsForced() throws Exception {
    Path log = temporary.resolve("calls");
    Run run =
        run(
            List.of(
                "-y",
                "-s",
                "16",
                "-e",
                "trace=fsync,fdatasync,write,pwrite64",
                "-o",
                log.toString()));
    assertThat(run.ended()).isTrue();
    Pattern call = Pattern.compile("\\d+ +(\\w+)\\((\\d+)<([^>]*)>(?:, \"([^\"]*)\")?.*");
    Set<String> unforced = new LinkedHashSet<>();
    Set<String> forced = new LinkedHashSet<>();
    int told = 0;
    for (String line : Files.readAllLines(log)) {
      Matcher parts = call.matcher(line);
      if (!parts.matches()) {
        continue;
      }
      String path = parts.group(3);
      if (parts.group(1).contains("sync")) {
        unforced.remove(path);
        forced.add(path);
      } else if (path.contains("/ledger/entries/") || path.endsWith("checkpoint.new")) {
        unforced.add(path);
      } else if (parts.group(2).equals("1") && parts.group(4).matches("\\d+ \\d+.*")) {
        told++;
        assertThat(unforced).as(line).isEmpty();
        assertThat(forced)
            .contains(
                run.folder().resolve("entries/000").toString(),
                run.folder().resolve("entries").toString(),
                run.folder().toString(),
                run.folder().resolve("..").normalize().toString());
      }
    }
    assertThat(told).isEqualTo(ENTRIES);
  }
}
