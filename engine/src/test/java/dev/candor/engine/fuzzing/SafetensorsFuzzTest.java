package dev.candor.engine.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.EngineException;
import dev.candor.engine.weights.SafetensorsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class SafetensorsFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] content) throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    Path weights = folder.resolve("model.safetensors");
    Path config = folder.resolve("config.json");
    try {
      Files.writeString(config, "{\"model_type\":\"llama\"}");
      Files.write(weights, content);
      try (SafetensorsFolder checkpoint = SafetensorsFolder.open(folder)) {
        checkpoint.tensors().forEach(tensor -> Refusals.requireWithin(tensor, content.length));
      }
    } catch (EngineException refused) {
      Refusals.requireTyped(refused);
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(config);
      Files.delete(folder);
    }
  }
}
