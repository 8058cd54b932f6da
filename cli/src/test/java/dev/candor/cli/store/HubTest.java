package dev.candor.cli.store;

import static dev.candor.cli.store.ModelStoreTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HubTest {

  private static final byte[] WEIGHTS = Archives.weights(7, 900_001);

  @TempDir private Path folder;
  private final LocalHub hub = new LocalHub();

  @BeforeEach
  void publish() {
    hub.put("tiny.Q4_0.gguf", WEIGHTS);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theOnlyGgufOfARepositoryIsFetchedThroughTheRedirect() throws Exception {
    StoredModel model = add("org/name");
    assertThat(model.name()).isEqualTo("name");
    assertThat(model.source()).isEqualTo("org/name@" + LocalHub.COMMIT);
    assertThat(model.weights()).hasFileName("tiny.Q4_0.gguf").hasBinaryContent(WEIGHTS);
    assertThat(model.digest()).isEqualTo(Archives.sha256(WEIGHTS));
    assertThat(leftovers()).isZero();
  }

  @Test
  void aNamedFileOfARevisionAndOfARenamedRepository() throws Exception {
    hub.put("gguf/small model.Q8_0.gguf", WEIGHTS);
    hub.put("gguf/other.Q8_0.gguf", WEIGHTS);
    StoredModel model = add("org/old-name@v1:gguf/other.Q8_0.gguf");
    assertThat(model.name()).isEqualTo("other.q8_0");
    assertThat(model.source())
        .isEqualTo("org/old-name@" + LocalHub.COMMIT + ":gguf/other.Q8_0.gguf");
    refused("store.ambiguous", () -> add("org/name"));
    refused("store.unsafe-name", () -> add("org/name:gguf/small model.Q8_0.gguf"));
  }

  @Test
  void aShardedCheckpointComesWithItsSideFiles() {
    hub.put("config.json", Archives.text("{}"));
    hub.put("tokenizer.json", Archives.text("{\"a\":1}"));
    hub.put("model.safetensors.index.json", Archives.text("{}"));
    hub.put("model-00001-of-00002.safetensors", Archives.weights(1, 5_000));
    hub.put("model-00002-of-00002.safetensors", Archives.weights(2, 6_000));
    hub.put("pytorch_model.bin", new byte[10]);
    StoredModel model = add("org/name");
    assertThat(model.weights()).isEqualTo(model.folder());
    assertThat(model.folder().resolve("model-00002-of-00002.safetensors")).hasSize(6_000);
    assertThat(model.folder().resolve("tokenizer.json")).hasContent("{\"a\":1}");
    assertThat(model.folder().resolve("pytorch_model.bin")).doesNotExist();
  }

  @Test
  void theTokenGoesToTheHubAndNeverAcrossTheRedirect() {
    hub.requiredToken = "hf_secret";
    add("org/name", Optional.of("hf_secret"));
    assertThat(hub.seenBy("hub"))
        .isNotEmpty()
        .allMatch(r -> r.authorization().equals("Bearer hf_secret"));
    assertThat(hub.seenBy("storage")).isNotEmpty().allMatch(r -> r.authorization().equals("null"));
  }

  @Test
  void theTokenIsNotShownAndNotSentInTheClear() {
    assertThat(hub.settings(Optional.of("hf_secret")).toString()).doesNotContain("hf_secret");
    refused(
        "store.invalid-endpoint",
        () ->
            new HubSettings(
                URI.create("http://hub.example.org"),
                Optional.of("t"),
                Duration.ofSeconds(1),
                1,
                1));
    refused("store.invalid-token", () -> hub.settings(Optional.of("two\r\nlines")));
  }

  @ParameterizedTest
  @CsvSource({
    "401, store.unauthorized",
    "403, store.forbidden",
    "404, store.not-found",
    "410, store.not-found",
    "451, store.refused"
  })
  void refusalsAreTyped(int status, String code) {
    hub.refusal = status;
    refused(code, () -> add("org/name"));
    refused(code, () -> add("org/name:tiny.Q4_0.gguf"));
    assertThat(hub.seenBy("hub")).hasSize(2);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    refused("store.not-found", () -> add("org/other"));
    refused("store.not-found", () -> add("org/name:absent.gguf"));
  }

  @Test
  void aCutConnectionIsContinuedWhereItBroke() {
    hub.cutsLeft.set(3);
    hub.cutAfterBytes = 200_000;
    StoredModel model = add("org/name");
    assertThat(model.weights()).hasBinaryContent(WEIGHTS);
    // What was on its way when the connection broke may be lost with it, but no more than that.
    List<String> ranges = hub.seenBy("storage").stream().map(LocalHub.Seen::range).toList();
    assertThat(ranges).hasSize(4).startsWith("null");
    long[] starts =
        ranges.stream()
            .skip(1)
            .mapToLong(range -> Long.parseLong(range.replaceAll("\\D", "")))
            .toArray();
    assertThat(starts).isSorted();
    for (int i = 0; i < starts.length; i++) {
      assertThat(starts[i]).isBetween(200_000L * (i + 1) - 70_000, 200_000L * (i + 1));
    }
  }

  @Test
  void aLaterRunContinuesWhatAnEarlierOneLeft() {
    hub.cutsLeft.set(1);
    hub.cutAfterBytes = 500_000;
    assertThatThrownBy(() ->
            store(Optional.empty())
                .add(
                    ModelSource.parse("org/name"),
                    Optional.empty(),
                    (what, done, total) -> {
                      if (done >= 500_000) {
                        throw new IllegalStateException("killed");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class);
    hub.cutsLeft.set(0);
    hub.seen.clear();
    assertThat(add("org/name").weights()).hasBinaryContent(WEIGHTS);
    assertThat(hub.seenBy("storage")).hasSize(1);
    assertThat(hub.seenBy("storage").getFirst().range()).matches("bytes=[1-9]\\d+-");
  }

  @Test
  void aNewVersionOfTheFileIsNotMixedWithTheOld() {
    hub.cutsLeft.set(100);
    hub.cutAfterBytes = 100;
    refused("store.network", () -> add("org/name"));
    hub.cutsLeft.set(0);
    byte[] changed = Archives.weights(8, 900_001);
    hub.put("tiny.Q4_0.gguf", changed);
    assertThat(add("org/name").weights()).hasBinaryContent(changed);
  }

  @Test
  void serversThatIgnoreOrRefuseRangesBeginAgain() {
    hub.cutsLeft.set(1);
    hub.cutAfterBytes = 300_000;
    hub.ignoresRanges = true;
    assertThat(add("org/name").weights()).hasBinaryContent(WEIGHTS);

    hub.put("tiny.Q4_0.gguf", Archives.weights(9, 500_000));
    hub.ignoresRanges = false;
    hub.refusesRanges = true;
    hub.cutsLeft.set(1);
    assertThat(add("org/name", "second").weights()).hasBinaryContent(Archives.weights(9, 500_000));
  }

  @Test
  void aRangeThatWasNotAskedForIsRefused() {
    hub.cutsLeft.set(1);
    hub.cutAfterBytes = 300_000;
    hub.wrongRange = true;
    refused("store.range", () -> add("org/name"));
  }

  @Test
  void aWrongDigestIsRefusedAndNotKept() throws Exception {
    hub.declaredDigest = "ab".repeat(32);
    refused("store.wrong-digest", () -> add("org/name:tiny.Q4_0.gguf"));
    assertThat(leftovers()).isZero();
    hub.declaredDigest = "";
    assertThat(add("org/name:tiny.Q4_0.gguf").weights()).hasBinaryContent(WEIGHTS);
  }

  @Test
  void anEndlessBodyEndsAtTheDeclaredSize() throws Exception {
    hub.endless = true;
    refused("store.too-large", () -> add("org/name"));
    assertThat(leftovers()).isZero();
  }

  @Test
  void aTrickleRunsOutOfPatience() {
    hub.put("tiny.Q4_0.gguf", Archives.weights(1, 100));
    hub.declaredSize = 1_000_000;
    hub.trickles = true;
    refused("store.timeout", () -> add("org/name:tiny.Q4_0.gguf"));
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforeTheFirstByte() {
    hub.declaredSize = Long.MAX_VALUE / 32;
    refused("store.disk-full", () -> add("org/name:tiny.Q4_0.gguf"));
    assertThat(hub.seenBy("storage")).isEmpty();
  }

  @Test
  void aBusyHubIsAskedAgainAndADeadOneIsSaidSo() {
    hub.failuresLeft.set(2);
    assertThat(add("org/name").weights()).hasBinaryContent(WEIGHTS);
    hub.failuresLeft.set(1_000);
    refused("store.network", () -> add("org/name", "again"));
    hub.close();
    refused("store.network", () -> add("org/name", "again"));
    assertThatThrownBy(() -> add("org/name", "again")).hasMessageEndingWith(": no connection");
  }

  @ParameterizedTest
  @CsvSource({"file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:alert(1)"})
  void redirectsLeadToTheWebOnly(String target) {
    hub.redirectTo = target;
    refused("store.redirects", () -> add("org/name:tiny.Q4_0.gguf"));
  }

  @Test
  void aRedirectInACircleEnds() {
    hub.redirectTo = "/org/name/resolve/main/tiny.Q4_0.gguf";
    refused("store.redirects", () -> add("org/name:tiny.Q4_0.gguf"));
  }

  @Test
  void whatBrokeOffIsForgottenWhenTheFileComesOrTheModelGoes() throws Exception {
    breakOff("org/name:tiny.Q4_0.gguf");
    hub.put("tiny.Q4_0.gguf", Archives.weights(8, 900_001));
    breakOff("org/name:tiny.Q4_0.gguf");
    hub.put("other.gguf", Archives.weights(9, 900_001));
    breakOff("org/name:other.gguf");
    assertThat(leftovers()).isEqualTo(3);

    add("org/name:tiny.Q4_0.gguf", "tiny");
    assertThat(leftovers()).as("the other file is still wanted").isEqualTo(1);

    hub.put("tiny.Q4_0.gguf", Archives.weights(10, 900_001));
    breakOff("org/name:tiny.Q4_0.gguf");
    store(Optional.empty()).remove("tiny");
    assertThat(leftovers()).isEqualTo(1);
    add("org/name:other.gguf", "other");
    assertThat(leftovers()).isZero();
  }

  @Test
  void whatNobodyWentOnWithForThirtyDaysIsDeletedByTheNextAddition() throws Exception {
    Path downloads = Files.createDirectories(folder.resolve("home/downloads"));
    Path old = Files.write(downloads.resolve("old.part"), new byte[10]);
    Path pip = Files.createDirectory(downloads.resolve("pip-123"));
    Files.write(pip.resolve("half.whl"), new byte[10]);
    Path recent = Files.write(downloads.resolve("recent.part"), new byte[10]);
    touch(old, Duration.ofDays(31));
    touch(pip, Duration.ofDays(31));
    touch(recent, Duration.ofDays(29));

    Path file = Files.write(folder.resolve("a.gguf"), WEIGHTS);
    store(Optional.empty())
        .add(new ModelSource.WeightsFile(file), Optional.empty(), Progress.SILENT);

    assertThat(old).doesNotExist();
    assertThat(pip).doesNotExist();
    assertThat(recent).exists();
  }

  private static void touch(Path path, Duration ago) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(ago)));
  }

  /** An addition that the connection does not survive, with a part that stays. */
  private void breakOff(String source) {
    hub.cutsLeft.set(100);
    hub.cutAfterBytes = 100;
    refused("store.network", () -> add(source, "broken"));
    hub.cutsLeft.set(0);
  }

  private StoredModel add(String source) {
    return add(source, Optional.empty());
  }

  private StoredModel add(String source, String name) {
    return store(Optional.empty())
        .add(ModelSource.parse(source), Optional.of(name), Progress.SILENT);
  }

  private StoredModel add(String source, Optional<String> token) {
    return store(token).add(ModelSource.parse(source), Optional.empty(), Progress.SILENT);
  }

  private ModelStore store(Optional<String> token) {
    return ModelStore.at(folder.resolve("home"), hub.settings(token), Archives.ANY_BYTES);
  }

  private long leftovers() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("home/downloads"))) {
      return files.count();
    }
  }
}
