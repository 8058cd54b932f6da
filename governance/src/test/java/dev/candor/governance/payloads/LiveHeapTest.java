package dev.candor.governance.payloads;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is still reachable in memory when keys are closed and requests have ended. */
class LiveHeapTest {

  private static final long SEED = 77;

  @TempDir private Path folder = Path.of("");

  @Test
  void nothingOfAPayloadOrOfThePassphraseStaysInMemory() throws IOException {
    Rooms rooms = new Rooms(folder);
    storeAndAnswer(rooms);
    byte[] dump = dump("after");
    assertThat(holds(dump, canary())).isFalse();
    assertThat(holds(dump, Files.readString(rooms.passphrase().file()).strip())).isFalse();
  }

  @Test
  void theSearchFindsWhatIsThere() throws IOException {
    String text = canary();
    byte[] bytes = text.getBytes(UTF_8);
    byte[] dump = dump("held");
    Reference.reachabilityFence(text);
    Reference.reachabilityFence(bytes);
    assertThat(holds(dump, canary())).isTrue();
  }

  private static void storeAndAnswer(Rooms rooms) {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      Commitment commitment = store.put(ada, canary().getBytes(UTF_8));
      store.putLater(ada, canary().getBytes(UTF_8)).join();
      assertThat(store.get(commitment).orElseThrow().bytes()).hasSize(canary().length());
      store.rotateKey();
      assertThat(store.get(commitment)).isPresent();
    }
  }

  /** Made anew each time, so that the test itself does not keep it. */
  private static String canary() {
    SplittableRandom random = new SplittableRandom(SEED);
    StringBuilder canary = new StringBuilder("canary ");
    for (int i = 0; i < 40; i++) {
      canary.append((char) ('a' + random.nextInt(26)));
    }
    return canary.toString();
  }

  private byte[] dump(String name) throws IOException {
    Path file = folder.resolve(name + ".hprof");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpHeap(file.toString(), true);
    return Files.readAllBytes(file);
  }

  /** As bytes and Latin 1 strings are in memory, and as arrays of characters are in a dump. */
  private static boolean holds(byte[] dump, String text) {
    String all = new String(dump, ISO_8859_1);
    StringBuilder wide = new StringBuilder();
    for (char c : text.toCharArray()) {
      wide.append('\0').append(c);
    }
    return all.contains(text) || all.contains(wide);
  }
}
