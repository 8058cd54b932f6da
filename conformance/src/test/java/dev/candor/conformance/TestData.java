package dev.candor.conformance;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where tests find the fixtures of the repository and the real models of {@code .ci/test-data}. */
public final class TestData {

  private TestData() {}

  /**
   * A file or folder of the committed fixtures, such as {@code sambay-tiny} or {@code
   * tokenizers/llama3.json}.
   */
  public static Path fixture(String name) {
    URL resource = TestData.class.getResource("/fixtures/" + name);
    if (resource == null) {
      throw new AssertionError("no fixture " + name + " in conformance/src/test/resources");
    }
    try {
      return Path.of(new URI(resource.toString()));
    } catch (URISyntaxException e) {
      throw new AssertionError(resource.toString(), e);
    }
  }

  /** A file beside the real models: a GGUF or a wheel. For tests tagged {@code real-data}. */
  public static Path model(String file) {
    return find("CANDOR_TEST_MODELS", file);
  }

  /**
   * A folder with a real {@code tokenizer.json}: {@code gpt4o}, {@code llama3_1} or {@code gemma3}.
   * For tests tagged {@code real-data}.
   */
  public static Path tokenizer(String folder) {
    return find("CANDOR_TEST_TOKENIZERS", folder);
  }

  private static Path find(String variable, String name) {
    String root = System.getenv(variable);
    if (root == null) {
      throw new AssertionError(
          variable + " is not set: run eval \"$(.ci/test-data)\" and the tests again");
    }
    Path path = Path.of(root, name);
    if (!Files.exists(path)) {
      throw new AssertionError(path + " is missing: run .ci/test-data and the tests again");
    }
    return path;
  }
}
