package dev.candor.engine.fuzzing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class JsonFuzzTest {

  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] document) {
    try {
      Json.parse(
          new ByteArrayInputStream(document), new Json.Limits(1 << 16, 32, 1_000), "document");
    } catch (ConfigException refused) {
      Refusals.requireTyped(refused);
    }
  }
}
