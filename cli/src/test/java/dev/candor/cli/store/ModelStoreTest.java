package dev.candor.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelStoreTest {

  @TempDir private Path folder;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = ModelStore.at(folder.resolve("home"), unreachable(), Archives.ANY_BYTES);
  }

  static HubSettings unreachable() {
    return new HubSettings(
        URI.create("http://127.0.0.1:9"), Optional.empty(), Duration.ofMillis(300), 1, 1);
  }

  @Test
  void aStoreThatIsNotThereYetIsEmpty() {
    assertThat(store.list()).isEmpty();
    assertThat(store.find("anything")).isEmpty();
    refused("store.unknown-model", () -> store.require("anything"));
    refused("store.unknown-model", () -> store.remove("anything"));
  }

  @Test
  void aHomeThatIsAFileIsSaidSo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    refused("store.not-a-folder", () -> ModelStore.at(file, unreachable()));
  }

  @Test
  void aFileIsCopiedWithItsDigest() throws Exception {
    byte[] weights = Archives.weights(1, 300_001);
    Path file = Files.write(folder.resolve("Smol LM.Q4_1.GGUF"), weights);
    List<Long> steps = new ArrayList<>();

    StoredModel added =
        store.add(
            ModelSource.parse(file.toString()),
            Optional.empty(),
            (what, done, total) -> {
              assertThat(total).isEqualTo(weights.length);
              steps.add(done);
            });

    assertThat(added.name()).isEqualTo("smol-lm.q4_1");
    assertThat(added.digest()).isEqualTo(Archives.sha256(weights));
    assertThat(added.sizeBytes()).isEqualTo(weights.length);
    assertThat(added.source()).isEqualTo(file.toString());
    assertThat(Files.readAllBytes(added.weights())).isEqualTo(weights);
    assertThat(steps).isSorted().last().isEqualTo((long) weights.length);
    assertThat(store.list()).containsExactly(added);
    assertThat(store.require(added.name())).isEqualTo(added);
  }

  @Test
  void aSafetensorsFolderIsTheWeights() throws Exception {
    Path source = Files.createDirectory(folder.resolve("Phi"));
    Files.writeString(source.resolve("config.json"), "{}");
    Files.writeString(source.resolve("tokenizer.json"), "{}");
    Files.writeString(source.resolve("training.log"), "not part of it");
    Files.write(source.resolve("adapter.safetensors"), new byte[] {3});
    Files.write(source.resolve("model-00001-of-00002.safetensors"), new byte[] {1});
    Files.write(source.resolve("model-00002-of-00002.safetensors"), new byte[] {2});

    StoredModel added =
        store.add(ModelSource.parse(source.toString()), Optional.of("phi"), Progress.SILENT);

    assertThat(added.weights()).isEqualTo(added.folder());
    assertThat(names(added.folder()))
        .containsExactlyInAnyOrder(
            "config.json",
            "tokenizer.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.json");
    assertThat(added.digest())
        .isEqualTo(
            Digests.sha256(
                line(source, "config.json")
                    + line(source, "model-00001-of-00002.safetensors")
                    + line(source, "model-00002-of-00002.safetensors")
                    + line(source, "tokenizer.json")));
  }

  /** As {@code sha256sum} prints it. */
  private static String line(Path folder, String name) throws IOException {
    return Digests.sha256(folder.resolve(name)) + "  " + name + "\n";
  }

  @Test
  void theSameAgainChangesNothingAndAnotherOfThatNameIsRefused() throws Exception {
    Path file = Files.write(folder.resolve("a.gguf"), Archives.weights(1, 100));
    StoredModel first =
        store.add(ModelSource.parse(file.toString()), Optional.empty(), Progress.SILENT);
    StoredModel again =
        store.add(ModelSource.parse(file.toString()), Optional.empty(), Progress.SILENT);
    assertThat(again).isEqualTo(first);

    Files.write(file, Archives.weights(2, 100));
    refused(
        "store.exists",
        () -> store.add(ModelSource.parse(file.toString()), Optional.empty(), Progress.SILENT));
    assertThat(store.require("a").digest()).isEqualTo(first.digest());
    assertThat(names(folder.resolve("home/models"))).containsExactly("a");
  }

  @Test
  void whatIsNoModelLeavesNothingBehind() throws Exception {
    Path other = Files.writeString(folder.resolve("notes.txt"), "hello");
    refused("store.unknown-source", () -> add(other));
    refused("store.no-weights", () -> add(Files.createDirectory(folder.resolve("empty"))));
    refused("store.missing-file", () -> ModelSource.parse("./absent.gguf"));
    assertThat(names(folder.resolve("home/models"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "..", ".hidden", "a/b", "a\\b", "UPPER", "a b", "-dash", "nul\0", "../../x"})
  void onlyPlainNamesBecomeFolders(String name) throws Exception {
    Path file = Files.write(folder.resolve("a.gguf"), Archives.weights(1, 100));
    refused(
        "store.invalid-name",
        () -> store.add(ModelSource.parse(file.toString()), Optional.of(name), Progress.SILENT));
    assertThat(store.find(name)).isEmpty();
    refused("store.unknown-model", () -> store.remove(name));
  }

  @Test
  void whatACrashLeftIsClearedAwayAndWhatALivingProcessFillsIsNot() throws Exception {
    Path models = Files.createDirectories(folder.resolve("home/models"));
    Path dead = Files.createDirectory(models.resolve(".adding-999999999-abc"));
    Files.write(dead.resolve("half.gguf"), new byte[10]);
    Path alive =
        Files.createDirectory(models.resolve(".adding-" + ProcessHandle.current().pid() + "-abc"));
    assertThat(store.list()).isEmpty();

    add(Files.write(folder.resolve("a.gguf"), Archives.weights(1, 100)));

    assertThat(names(models)).containsExactlyInAnyOrder("a", alive.getFileName().toString());
  }

  @Test
  void aFailureOnTheWayLeavesNothing() throws Exception {
    Path file = Files.write(folder.resolve("a.gguf"), Archives.weights(1, 3_000_000));
    assertThatThrownBy(() ->
            store.add(
                ModelSource.parse(file.toString()),
                Optional.empty(),
                (what, done, total) -> {
                  throw new IllegalStateException("the terminal is gone");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(names(folder.resolve("home/models"))).isEmpty();
  }

  @Test
  void ofManyAtOnceOneWinsAndNoneIsHalf() throws Exception {
    List<Callable<String>> additions = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Path file = Files.write(folder.resolve(i + ".gguf"), Archives.weights(i, 200_000));
      additions.add(() -> {
        try {
          ModelSource source = ModelSource.parse(file.toString());
          return store.add(source, Optional.of("same"), Progress.SILENT).digest();
        } catch (StoreException e) {
          return e.code();
        }
      });
    }
    List<String> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (Future<String> outcome : threads.invokeAll(additions)) {
        outcomes.add(outcome.get());
      }
    }
    assertThat(outcomes.stream().filter("store.exists"::equals)).hasSize(5);
    StoredModel winner = store.require("same");
    assertThat(outcomes).contains(winner.digest());
    assertThat(Digests.sha256(winner.weights())).isEqualTo(winner.digest());
  }

  @Test
  void removingTakesAllOfIt() throws Exception {
    add(Files.write(folder.resolve("a.gguf"), Archives.weights(1, 100)));
    store.remove("a");
    assertThat(store.list()).isEmpty();
    assertThat(names(folder.resolve("home/models"))).isEmpty();
  }

  @Test
  void aDamagedOrNewerRecordIsSaidSo() throws Exception {
    StoredModel model = add(Files.write(folder.resolve("a.gguf"), Archives.weights(1, 100)));
    Path record = model.folder().resolve("model.json");
    String sound = Files.readString(record);
    Files.writeString(record, sound.replace("\"format\" : 1", "\"format\" : 3"));
    refused("store.newer-format", () -> store.require("a"));
    Files.writeString(record, sound.replace("a.gguf\"", "../../a.gguf\""));
    assertThatThrownBy(() -> store.require("a")).isInstanceOf(StoreException.class);
    Files.writeString(
        record, sound.replace("\"weights\" : \"a.gguf\"", "\"weights\" : \"b.gguf\""));
    refused("store.damaged", () -> store.require("a"));
    Files.writeString(record, sound.substring(0, sound.length() / 2));
    refused("store.damaged", () -> store.require("a"));
    Files.delete(record);
    refused("store.damaged", () -> store.require("a"));
  }

  @Test
  void sourcesAreToldApart() {
    assertThat(ModelSource.parse("microsoft/Phi-4-mini-flash-reasoning"))
        .isEqualTo(
            new ModelSource.HubRepository(
                "microsoft/Phi-4-mini-flash-reasoning", "main", Optional.empty()));
    assertThat(ModelSource.parse("org/name@v1.0:gguf/model.Q4_0.gguf"))
        .isEqualTo(
            new ModelSource.HubRepository("org/name", "v1.0", Optional.of("gguf/model.Q4_0.gguf")));
    refused("store.unknown-source", () -> ModelSource.parse("what is this"));
    refused("store.unsafe-name", () -> ModelSource.parse("org/name:../../etc/passwd.gguf"));
    refused("store.missing-file", () -> ModelSource.parse("absent.whl"));
  }

  private StoredModel add(Path file) {
    return store.add(ModelSource.parse(file.toString()), Optional.empty(), Progress.SILENT);
  }

  static void refused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).isNotBlank();
              assertThat(e.remedy()).endsWith(".");
            });
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
