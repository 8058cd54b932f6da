package dev.candor.engine.weights;

import static dev.candor.engine.weights.TestFiles.code;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private OptionalLong available() {
    return new AvailableMemory(root).bytes();
  }

  @Test
  void readsWhatTheKernelSays() throws IOException {
    assertThat(available()).isEmpty();
    write("proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:    4000 kB\nBuffers: 1 kB\n");
    assertThat(available()).hasValue(4_096_000);
  }

  @Test
  void takesTheTightestControlGroupOfVersion2() throws IOException {
    write("proc/meminfo", "MemAvailable:    4000 kB\n");
    write("proc/self/cgroup", "0::/outer/inner\n");
    write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
    write("sys/fs/cgroup/outer/inner/memory.current", "1000\n");
    assertThat(available()).hasValue(4_096_000);
    write("sys/fs/cgroup/outer/memory.max", "50000\n");
    write("sys/fs/cgroup/outer/memory.current", "30000\n");
    assertThat(available()).hasValue(20_000);
    write("sys/fs/cgroup/outer/memory.stat", "anon 1\ninactive_file 5000\n");
    assertThat(available()).hasValue(25_000);
    write("sys/fs/cgroup/outer/memory.current", "60000\n");
    assertThat(available()).hasValue(0);
  }

  @Test
  void takesTheTopOfAMountWhenTheGroupIsThatOfTheHost() throws IOException {
    write("proc/meminfo", "MemAvailable:    4000 kB\n");
    write("proc/self/cgroup", "12:cpu,memory:/host/only\n0::/../x\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "70000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "10000\n");
    assertThat(available()).hasValue(60_000);
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(available()).hasValue(4_096_000);
  }

  @Test
  void isKnownFromHeadersAlone() {
    MemoryBudget budget = MemoryBudget.of(TestFiles.path("gguf/llama.gguf"));
    try (Checkpoint checkpoint = Checkpoint.open(TestFiles.path("gguf/llama.gguf"))) {
      // The four factors of the frequencies are not weights of the model.
      assertThat(budget.weightBytes()).isEqualTo(checkpoint.weightBytes() + 16);
    }
    assertThat(budget.availableBytes().orElseThrow()).isPositive();
    assertThat(budget.withSequence(5, 7).totalBytes()).isEqualTo(budget.weightBytes() + 12);
    assertThat(budget.requireFits()).isSameAs(budget);
  }

  @Test
  void countsSafetensors() throws IOException {
    String header = "{\"x\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}}";
    SafetensorsText.folder(
        root, "model.safetensors", SafetensorsText.file(header, SafetensorsText.floats(1, 2)));
    assertThat(MemoryBudget.of(root).weightBytes()).isEqualTo(8);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MemoryBudget budget = new MemoryBudget(600, 0, 0, OptionalLong.of(1000));
    assertThat(budget.withSequence(300, 100).requireFits().totalBytes()).isEqualTo(1000);
    assertThat(code(() -> budget.withSequence(300, 101).requireFits()))
        .isEqualTo("weights.insufficient-memory");
    assertThat(new MemoryBudget(600, 1 << 30, 0, OptionalLong.empty()).requireFits()).isNotNull();
  }
}
