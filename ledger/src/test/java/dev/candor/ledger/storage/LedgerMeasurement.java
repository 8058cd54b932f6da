package dev.candor.ledger.storage;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.LedgerVerifier;
import dev.candor.ledger.verification.Trust;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Where the figures of docs/reference/ledger-format.md come from: fills a folder with a million
 * entries like those of decisions. Not a test: it takes minutes and its figures are the machine's.
 */
public final class LedgerMeasurement {

  private static final long SECONDS = 5;
  private static final int ENTRIES = 1_000_000;

  private LedgerMeasurement() {}

  /**
   * Measures.
   *
   * @param arguments a folder that is not there
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Path beside = folder.resolveSibling(folder.getFileName() + ".force");
    try (Ledger ledger = Ledger.open(folder, TestKeys.SETTINGS)) {
      for (int threads : new int[] {1, 8, 1, 8}) {
        force(beside);
        appends(ledger, threads);
      }
      long begin = System.nanoTime();
      long before = ledger.size();
      List<CompletableFuture<Ledger.Appended>> waiting = new ArrayList<>();
      while (ledger.size() + waiting.size() < ENTRIES) {
        waiting.add(ledger.appendLater(entry()));
        if (waiting.size() == 2_000) {
          waiting.forEach(CompletableFuture::join);
          waiting.clear();
        }
      }
      waiting.forEach(CompletableFuture::join);
      say("entries/s, 2,000 waiting", (ledger.size() - before) / seconds(begin));
      begin = System.nanoTime();
      ledger.checkpoint();
      say("checkpoint, ms", 1e3 * seconds(begin));
      Capacity capacity = ledger.capacity();
      say("entries", capacity.entries());
      say("bytes per entry", capacity.bytesPerEntry());
      say("of which the entry itself", ledger.bytes(7).length);
    }
    for (int i = 0; i < 5; i++) {
      long begin = System.nanoTime();
      Ledger.open(folder, TestKeys.SETTINGS).close();
      say("open, ms", 1e3 * seconds(begin));
    }
    long begin = System.nanoTime();
    say("verified entries", new LedgerVerifier(Trust.NONE).ledger(folder).entries());
    say("verify, s", seconds(begin));
  }

  private static void force(Path file) throws IOException {
    double[] millis = new double[500];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < millis.length; i++) {
        channel.write(ByteBuffer.allocate(512), i * 512L);
        long begin = System.nanoTime();
        channel.force(true);
        millis[i] = 1e3 * seconds(begin);
      }
    }
    Arrays.sort(millis);
    say("force of 512 bytes, ms, median", millis[250]);
    say("force of 512 bytes, ms, 99 of 100", millis[495]);
  }

  private static void appends(Ledger ledger, int count) throws InterruptedException {
    long before = ledger.size();
    long groups = ledger.activity().groups();
    long begin = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                while (seconds(begin) < SECONDS) {
                  ledger.append(entry());
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long entries = ledger.size() - before;
    say("appends/s, " + count + " threads", entries / seconds(begin));
    say("entries of a force", (double) entries / (ledger.activity().groups() - groups));
  }

  private static Entry entry() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("decision", "0197f0aa-5c1e-7c3a-9f7e-2b1a6d1f0c55");
    values.put("principal", "clerk-17");
    values.put("purpose", "loan-first-look");
    values.put("model", "9b".repeat(32));
    values.put("input", "66ed".repeat(16));
    values.put("subject", "d41d".repeat(16));
    values.put("seed", "1234567890");
    return new Entry("decision-started", values);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void say(String what, double figure) {
    System.out.println(what + ": " + Math.round(figure * 100) / 100.0);
  }
}
