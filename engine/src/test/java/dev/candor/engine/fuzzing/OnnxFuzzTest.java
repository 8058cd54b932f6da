package dev.candor.engine.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.EngineException;
import dev.candor.engine.weights.OnnxInitialisers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class OnnxFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] content) throws IOException {
    Path folder = Files.createTempDirectory("fuzz");
    Path weights = folder.resolve("model.onnx");
    Path config = folder.resolve("config.json");
    try {
      Files.writeString(config, "{\"model_type\":\"bert\"}");
      Files.write(weights, content);
      try (OnnxInitialisers checkpoint = OnnxInitialisers.open(weights)) {
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
