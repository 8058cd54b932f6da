package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A process of the tests: appends entries and tells of each once it is durable. */
public final class AppendingProcess {

  private AppendingProcess() {}

  /**
   * Appends.
   *
   * @param arguments the folder, the name that stands in each entry, how many, and after how many
   *     of them a checkpoint is made
   */
  public static void main(String[] arguments) {
    LedgerSettings settings =
        new LedgerSettings(
            TestKeys.ORIGIN,
            () -> TestKeys.SIGNERS,
            InstantSource.system(),
            Duration.ofMillis(Long.getLong("lock.wait.millis", 30_000)));
    int count = Integer.parseInt(arguments[2]);
    int each = Integer.parseInt(arguments[3]);
    try (Ledger ledger = Ledger.open(Path.of(arguments[0]), settings)) {
      say("open");
      for (int i = 0; i < count; i++) {
        Map<String, String> values = Map.of("by", arguments[1], "number", Integer.toString(i));
        try {
          say(ledger.append(new Entry("note", values)).index() + " " + i);
          if (i % each == each - 1) {
            String text = ledger.checkpoint().text();
            say("checkpoint " + text.lines().skip(1).findFirst().orElseThrow());
          }
        } catch (LedgerException e) {
          say("failed " + e.code());
        }
      }
      say("end");
    } catch (LedgerException e) {
      say("failed " + e.code() + " " + e.getMessage());
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** What starts it. */
  static List<String> command(Path folder, String name, int count, int each) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        // All commits in one thread, so that a tool which counts calls by thread counts them all.
        "-Djdk.virtualThreadScheduler.parallelism=1",
        "-Djdk.virtualThreadScheduler.maxPoolSize=1",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        AppendingProcess.class.getName(),
        folder.toString(),
        name,
        Integer.toString(count),
        Integer.toString(each));
  }
}
