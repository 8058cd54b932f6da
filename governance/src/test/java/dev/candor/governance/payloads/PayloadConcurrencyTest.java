package dev.candor.governance.payloads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads and several processes at one store, while its keys are rotated. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PayloadConcurrencyTest {

  @TempDir private Path folder = Path.of("");

  private Rooms rooms = new Rooms(Path.of(""));

  @BeforeEach
  void name() {
    rooms = new Rooms(folder);
  }

  @Test
  void nothingIsLostWhileKeysAreRotatedAndOthersErased() throws Exception {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault);
        Pkcs12KeyVault otherVault = rooms.vault();
        PayloadStore other = rooms.store(otherVault);
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      AtomicBoolean done = new AtomicBoolean();
      List<Future<Map<Commitment, String>>> writers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int number = i;
        PayloadStore used = i % 2 == 0 ? store : other;
        writers.add(
            threads.submit(() -> {
              Map<Commitment, String> put = new LinkedHashMap<>();
              for (int n = 0; !done.get(); n++) {
                String text = "writer " + number + " text " + n;
                Commitment commitment =
                    used.put(vault.pseudonym("subject " + n % 7), text.getBytes(UTF_8));
                put.put(commitment, text);
                assertThat(text(store, commitment)).isEqualTo(text);
              }
              return put;
            }));
      }
      for (int i = 0; i < 6; i++) {
        String gone = vault.pseudonym("gone " + i);
        Commitment commitment = store.put(gone, new byte[9]);
        if (i % 2 == 0) {
          other.rotateKey();
          store.erase(gone);
        } else {
          store.rotateKey();
          other.erase(gone);
        }
        assertThat(store.find(commitment)).isInstanceOf(Finding.Erased.class);
      }
      done.set(true);
      for (Future<Map<Commitment, String>> writer : writers) {
        Map<Commitment, String> put = writer.get();
        assertThat(put).hasSizeGreaterThan(5);
        put.forEach((commitment, text) -> {
          assertThat(text(store, commitment)).isEqualTo(text);
          assertThat(text(other, commitment)).isEqualTo(text);
        });
      }
    }
  }

  @Test
  void whatWaitsIsWrittenWhenTheStoreClosesAndManyKeysAreWrappedAnew() {
    List<CompletableFuture<Commitment>> futures = new ArrayList<>();
    try (Pkcs12KeyVault vault = rooms.vault()) {
      try (PayloadStore store = rooms.store(vault)) {
        for (int i = 0; i < 2_500; i++) {
          futures.add(store.putLater(vault.pseudonym("subject " + i), new byte[] {(byte) i}));
        }
      }
      try (PayloadStore store = rooms.store(vault)) {
        store.rotateKey();
        for (int i = 0; i < futures.size(); i++) {
          assertThat(store.get(futures.get(i).join()).orElseThrow().bytes())
              .isEqualTo(new byte[] {(byte) i});
        }
      }
    }
  }

  @Test
  void whatAProcessSaidItKeptIsThereAfterItWasKilled() throws Exception {
    rooms.vault().close();
    Path output = folder.resolve("said");
    Process process = start(output);
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      for (int rotation = 1; rotation <= 5; rotation++) {
        while (said(output).size() < rotation * 40) {
          assertThat(process.isAlive()).isTrue();
          Thread.sleep(5);
        }
        store.rotateKey(); // The other process has to notice by itself.
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> said = said(output);
    assertThat(said).hasSizeGreaterThanOrEqualTo(200);
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      for (String line : said) {
        String[] parts = line.split(" ", 2);
        assertThat(text(store, new Commitment(parts[0]))).isEqualTo(parts[1]);
      }
    }
  }

  /** Whole lines of what the process has said. */
  private static List<String> said(Path output) throws IOException {
    return Files.readString(output).lines().filter(line -> line.endsWith(".")).toList();
  }

  private Process start(Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            PutUntilKilled.class.getName(),
            folder.toString())
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String text(PayloadStore store, Commitment commitment) {
    return new String(store.get(commitment).orElseThrow().bytes(), UTF_8);
  }

  /** Puts, and says so when it is done, until somebody ends it. */
  static final class PutUntilKilled {

    private PutUntilKilled() {}

    @SuppressWarnings("SystemOut") // What it says is what the test reads.
    public static void main(String[] arguments) {
      Rooms rooms = new Rooms(Path.of(arguments[0]));
      Pkcs12KeyVault vault = rooms.vault();
      PayloadStore store = rooms.store(vault);
      for (int thread = 0; thread < 4; thread++) {
        int number = thread;
        new Thread(
                () -> {
                  for (int n = 0; ; n++) {
                    String text = "thread " + number + " text " + n + ".";
                    Commitment commitment =
                        store.put(vault.pseudonym("subject " + n), text.getBytes(UTF_8));
                    System.out.println(commitment + " " + text);
                  }
                })
            .start();
      }
    }
  }
}
