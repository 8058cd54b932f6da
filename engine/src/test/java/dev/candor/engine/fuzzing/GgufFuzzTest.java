package dev.candor.engine.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.EngineException;
import dev.candor.engine.weights.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class GgufFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] content) throws IOException {
    Path file = Files.createTempFile("fuzz", ".gguf");
    try {
      Files.write(file, content);
      try (GgufFile gguf = GgufFile.open(file)) {
        gguf.tensors().forEach(tensor -> Refusals.requireWithin(tensor, content.length));
      }
    } catch (EngineException refused) {
      Refusals.requireTyped(refused);
    } finally {
      Files.delete(file);
    }
  }
}
