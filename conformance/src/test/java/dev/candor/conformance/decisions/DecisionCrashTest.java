package dev.candor.conformance.decisions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that decides ends without a word, or its machine loses power: whatever it had told is
 * on record. {@code strace} kills it at calls to the system that write, force or rename, its
 * database's too; and it writes down all calls of a run, of which the disk after each is made
 * again.
 */
class DecisionCrashTest {

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

  /** One in so many of the changes to the disk of a run of 30 decisions. */
  @Test
  void whatWasToldIsOnRecordAfterSomeChanges() throws Exception {
    judgeImages(recorded(30), 37);
  }

  @ParameterizedTest
  @ValueSource(strings = {"payloads.db-wal", "ledger/entries/000"})
  void aForceThatIsLeftOutIsALossThatIsSeen(String file) throws Exception {
    Recording whole = recorded(5);
    String path = whole.folder().resolve("home").resolve(file).toString();
    Recording without =
        new Recording(
            whole.folder(),
            whole.changes().stream()
                .filter(
                    it -> !(it instanceof DiskChange.Forced forced && forced.path().equals(path)))
                .toList());

    assertThatThrownBy(() -> judgeImages(without, 5)).isInstanceOf(AssertionError.class);
  }

  /** All changes to the disk of a run of 200 decisions: a quarter of an hour. */
  @Tag("soak")
  @Test
  void whatWasToldIsOnRecordAfterEveryChange() throws Exception {
    judgeImages(recorded(200), 1);
  }

  /**
   * What a run did.
   *
   * @param folder where its home and its passphrase were
   */
  private record Recording(Path folder, List<DiskChange> changes) {}

  private Recording recorded(int decisions) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("recorded"));
    Path log = temporary.resolve("calls");
    Process process = start(recording(log), folder, decisions);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(said(out, "done ")).hasSize(decisions);
    Recording recording = new Recording(folder, RecordedCalls.read(log, folder));
    String told =
        recording.changes().stream()
            .map(it -> it instanceof DiskChange.Told line ? line.text() : "")
            .collect(joining());
    // A child of the process, which asks for the system's name, tells something too.
    assertThat(told).endsWith(out);
    return recording;
  }

  /** What a kill and two losses of power after each {@code step}-th change leave is judged. */
  private void judgeImages(Recording recording, int step) throws Exception {
    Path folder = recording.folder();
    RecordedDisk disk = new RecordedDisk();
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder told = new StringBuilder();
    int changes = 0;
    for (DiskChange change : recording.changes()) {
      disk.apply(change);
      if (change instanceof DiskChange.Told line) {
        told.append(line.text());
      }
      if (changes++ % step == 0) {
        String what = "after change " + changes + " of " + recording.changes().size() + ", ";
        judgeImage(to -> disk.writeKilled(folder, to), told, what + "killed");
        judgeImage(to -> disk.writeForced(folder, to), told, what + "without power");
        judgeImage(to -> disk.writeByChance(random, folder, to), told, what + "by chance");
      }
    }
  }

  private interface Image {
    void writeTo(Path folder) throws IOException;
  }

  private void judgeImage(Image image, StringBuilder told, String what) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("image"));
    image.writeTo(folder);
    judge(folder, told.toString(), what);
    // There are thousands.
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Runs and judges; whether it was killed. */
  private boolean killed(String call, int n, int decisions) throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("run" + folders++));
    Process process = start(killing(call, n), folder, decisions);
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    judge(folder, out, call + " " + n);
    return said(out, "done ").size() < decisions;
  }

  /** Opens what is left in a folder and looks for all that was told. */
  private static void judge(Path folder, String out, String what) throws Exception {
    Set<String> started = new HashSet<>();
    Set<String> finished = new HashSet<>();
    try (Governance governance = Governance.open(DecisionLoop.settings(folder))) {
      for (long place = 0; place < governance.ledger().size(); place++) {
        Entry entry = governance.ledger().entry(place);
        switch (entry.kind()) {
          case DecisionStarted.KIND -> {
            started.add(entry.required("decision"));
            assertThat(governance.records().bytes(DecisionStarted.of(entry).input()))
                .as(what)
                .isPresent();
          }
          case DecisionFinished.KIND -> {
            finished.add(entry.required("decision"));
            assertThat(
                    governance.records().bytes(DecisionFinished.of(entry).output().orElseThrow()))
                .as(what)
                .isPresent();
          }
          default -> throw new AssertionError(entry.kind());
        }
      }
    } catch (LedgerException | GovernanceException e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
    assertThat(started).as("told without a record, " + what).containsAll(said(out, "told "));
    assertThat(finished).as("done without a record, " + what).containsAll(said(out, "done "));
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

  private static List<String> killing(String call, int n) {
    return List.of(
        "-o",
        "/dev/null",
        "-e",
        "trace=" + call,
        "-e",
        "inject=" + call + ":signal=KILL:when=" + n);
  }

  private static List<String> recording(Path log) {
    return List.of(
        "-o", log.toString(), "-y", "-xx", "-s", "10000000", "-e", "trace=" + RecordedCalls.CALLS);
  }

  private static Process start(List<String> options, Path folder, int decisions)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq"));
    command.addAll(options);
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
      return new ProcessBuilder(command).redirectError(temporaryErrors(folder)).start();
    } catch (IOException e) {
      throw new AssertionError("strace is needed: install the package strace", e);
    }
  }

  /** Beside the folder, which holds what the process has written and nothing else. */
  private static File temporaryErrors(Path folder) {
    return folder.resolveSibling(folder.getFileName() + ".stderr").toFile();
  }
}
