package dev.candor.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.GgufMetadata;
import dev.candor.engine.weights.GgufWriter;
import dev.candor.engine.weights.GgufWriter.Declaration;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose weights the store packs. */
class PackedModelStoreTest {

  @TempDir private Path folder;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = ModelStore.at(folder.resolve("home"), ModelStoreTest.unreachable(), Archives.ANY_BYTES);
  }

  /** A llama's file with one matrix of 40 rows, all zeros but for what makes it this one. */
  private Path gguf(String name, BlockFormat format, int quant) {
    Path file = folder.resolve(name);
    Declaration matrix = new Declaration("output.weight", format, List.of(40, 64));
    byte[] data = new byte[(int) matrix.byteSize()];
    data[data.length - 1] = (byte) quant;
    GgufMetadata metadata = new GgufMetadata().text("general.architecture", "llama");
    try (GgufWriter writer = GgufWriter.create(file, metadata, List.of(matrix))) {
      writer.write(MemorySegment.ofArray(data));
      writer.finish();
    }
    return file;
  }

  private StoredModel add(Path file, ModelStore.Form form) {
    return store.add(ModelSource.parse(file.toString()), Optional.empty(), form, Progress.SILENT);
  }

  private static Layout layout(StoredModel model) {
    try (Checkpoint checkpoint = Checkpoint.open(model.weights())) {
      return checkpoint.require("lm_head.weight", 40, 64).layout();
    }
  }

  private static JsonObject record(StoredModel model) throws IOException {
    try (InputStream in = Files.newInputStream(model.folder().resolve("model.json"))) {
      return Json.parseObject(in, Json.Limits.CONFIG, "model.json");
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void keepsThePackedFileAloneAndRecordsBoth() throws IOException {
    Path file = gguf("tiny.gguf", BlockFormat.Q8_0, 1);
    List<String> steps = new ArrayList<>();
    StoredModel model =
        store.add(
            ModelSource.parse(file.toString()),
            Optional.empty(),
            ModelStore.Form.PACKED,
            (what, done, total) -> {
              if (what.equals("packing")) {
                assertThat(done).isBetween(0L, total);
              }
              steps.add(what);
            });
    assertThat(steps).contains("packing");
    assertThat(names(model.folder())).containsExactly("model.json", "tiny.packed.gguf");
    assertThat(model.weights()).isEqualTo(model.folder().resolve("tiny.packed.gguf"));
    assertThat(layout(model)).isEqualTo(Layout.STRIPS);
    assertThat(model.packed()).isTrue();
    assertThat(model.digest()).isEqualTo(Digests.sha256(file));
    assertThat(model.packedDigest()).contains(Digests.sha256(model.weights()));
    assertThat(model.sizeBytes()).isEqualTo(Files.size(model.weights()));
    JsonObject record = record(model);
    assertThat(record.integer("format", 0, 9)).isEqualTo(2);
    assertThat(record.string("digest")).isEqualTo(model.digest());
    JsonObject from = record.object("packedFrom").orElseThrow();
    assertThat(from.string("name")).isEqualTo("tiny.gguf");
    assertThat(from.string("digest")).isEqualTo(model.digest());
    assertThat(from.integer("sizeBytes", 0, 1 << 20)).isEqualTo((int) Files.size(file));
    JsonObject kept = (JsonObject) record.list("files").orElseThrow().getFirst();
    assertThat(kept.string("digest")).isEqualTo(model.packedDigest().orElseThrow());
    assertThat(store.list()).containsExactly(model);
  }

  @Test
  void theSameAgainChangesNothingAndAnotherIsRefused() throws IOException {
    Path file = gguf("a.gguf", BlockFormat.Q8_0, 1);
    StoredModel model = add(file, ModelStore.Form.PACKED);
    assertThat(add(file, ModelStore.Form.PACKED)).isEqualTo(model);
    assertThat(add(file, ModelStore.Form.AS_IT_CAME)).isEqualTo(model);
    Files.delete(file);
    Path other = gguf("a.gguf", BlockFormat.Q8_0, 2);
    assertThatThrownBy(() -> add(other, ModelStore.Form.PACKED))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo("store.exists"));
    assertThat(names(folder.resolve("home/models"))).containsExactly("a");
  }

  @Test
  void whatCannotBePackedIsKeptAsItCame() throws IOException {
    StoredModel plain = add(gguf("plain.gguf", BlockFormat.F16, 0), ModelStore.Form.PACKED);
    assertThat(plain.packed()).isFalse();
    assertThat(names(plain.folder())).containsExactly("model.json", "plain.gguf");
    assertThat(record(plain).integer("format", 0, 9)).isEqualTo(1);
    assertThat(store.pack("plain", Progress.SILENT)).isEqualTo(plain);
  }

  @Test
  void aFileThatCamePackedIsCalledByWhatItSays() throws IOException {
    Path original = gguf("a.gguf", BlockFormat.Q4_0, 1);
    StoredModel packed = add(original, ModelStore.Form.PACKED);
    Path elsewhere = Files.copy(packed.weights(), folder.resolve("b.gguf"));
    StoredModel model = add(elsewhere, ModelStore.Form.PACKED);
    assertThat(model.digest()).isEqualTo(packed.digest());
    assertThat(model.packedDigest()).isEqualTo(packed.packedDigest());
    assertThat(record(model).object("packedFrom").orElseThrow().has("name")).isFalse();
    assertThat(add(elsewhere, ModelStore.Form.PACKED)).isEqualTo(model);
    assertThat(store.pack("b", Progress.SILENT)).isEqualTo(model);
  }

  @Test
  void aModelThatIsThereIsPackedInItsPlace() throws IOException {
    Path file = gguf("a.gguf", BlockFormat.Q8_0, 1);
    StoredModel before = add(file, ModelStore.Form.AS_IT_CAME);
    assertThat(before.packed()).isFalse();
    assertThat(layout(before)).isEqualTo(Layout.ROWS);
    // What an attempt that crashed left behind.
    Files.writeString(before.folder().resolve("a.packed.gguf"), "half");
    Files.writeString(before.folder().resolve("a.packed.gguf.1.partial"), "half");
    StoredModel after = store.pack("a", Progress.SILENT);
    assertThat(names(after.folder())).containsExactly("a.packed.gguf", "model.json");
    assertThat(after.packed()).isTrue();
    assertThat(layout(after)).isEqualTo(Layout.STRIPS);
    assertThat(after.digest()).isEqualTo(before.digest());
    assertThat(after.added()).isEqualTo(before.added());
    assertThat(after.source()).isEqualTo(before.source());
    assertThat(store.pack("a", Progress.SILENT)).isEqualTo(after);
    assertThat(add(gguf("c.gguf", BlockFormat.Q8_0, 1), ModelStore.Form.PACKED).packedDigest())
        .as("packing is deterministic")
        .isEqualTo(after.packedDigest());
  }

  @Test
  void weightsThatAreNoLongerThoseThatWereAddedAreNotPacked() throws IOException {
    StoredModel model = add(gguf("a.gguf", BlockFormat.Q8_0, 1), ModelStore.Form.AS_IT_CAME);
    byte[] bytes = Files.readAllBytes(model.weights());
    bytes[bytes.length - 1] ^= 1;
    Files.write(model.weights(), bytes);
    assertThatThrownBy(() -> store.pack("a", Progress.SILENT))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo("store.wrong-digest"));
    assertThat(names(model.folder())).containsExactly("a.gguf", "model.json");
    assertThat(store.require("a")).isEqualTo(model);
  }

  @Test
  void anInterruptedPackingLeavesNothing() throws IOException {
    Path file = gguf("a.gguf", BlockFormat.Q8_0, 1);
    Progress interrupted =
        (what, done, total) -> {
          if (what.equals("packing")) {
            throw new IllegalStateException("interrupted");
          }
        };
    ModelSource source = ModelSource.parse(file.toString());
    assertThatThrownBy(
            () -> store.add(source, Optional.empty(), ModelStore.Form.PACKED, interrupted))
        .hasMessage("interrupted");
    assertThat(names(folder.resolve("home/models"))).isEmpty();
    StoredModel model = add(file, ModelStore.Form.AS_IT_CAME);
    assertThatThrownBy(() -> store.pack("a", interrupted)).hasMessage("interrupted");
    assertThat(names(model.folder())).containsExactly("a.gguf", "model.json");
    assertThat(store.require("a")).isEqualTo(model);
  }

  @Test
  void onlyOneProcessPacksAModel() throws IOException {
    StoredModel model = add(gguf("a.gguf", BlockFormat.Q8_0, 1), ModelStore.Form.AS_IT_CAME);
    try (FileChannel channel =
            FileChannel.open(model.folder().resolve("model.json"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> store.pack("a", Progress.SILENT))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.code()).isEqualTo("store.busy"));
    }
    assertThat(store.pack("a", Progress.SILENT).packed()).isTrue();
  }
}
