package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.candor.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Committed files of this room's tests, and what is expected of refusals. */
final class TestFiles {

  private TestFiles() {}

  /** The bytes of a test resource, such as {@code gguf/llama.gguf}. */
  static byte[] bytes(String name) throws IOException {
    try (InputStream in = url(name).openStream()) {
      return in.readAllBytes();
    }
  }

  /** The path of a test resource. */
  static Path path(String name) {
    return Path.of(URI.create(url(name).toString()));
  }

  private static URL url(String name) {
    return Objects.requireNonNull(TestFiles.class.getResource("/" + name), name);
  }

  /** The code of the engine's exception that the call must throw. */
  static String code(ThrowingCallable call) {
    EngineException thrown = catchThrowableOfType(EngineException.class, call);
    assertThat(thrown).as("an EngineException").isNotNull();
    assertThat(thrown.remedy()).isNotBlank();
    return thrown.code();
  }
}
