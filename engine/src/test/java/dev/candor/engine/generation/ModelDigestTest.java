package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDigestTest {

  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.writeString(folder.resolve(name), name);
    }
  }

  @Test
  void isWhatTheCommandInItsDescriptionPrints() throws IOException {
    // sha256sum config.json model.safetensors tokenizer.json | sha256sum, of files that hold their
    // own names.
    assertThat(ModelDigest.of(folder))
        .isEqualTo("9b8a3ad9fc9c1a39db342dab60d8173fc8b3a9d5af776eeaaa5ad607c1ea65bc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.json",
        "README.md",
        "adapter.safetensors",
        "model.safetensors.index.json",
        "model-00001-of-00002.safetensors"
      })
  void whatIsNotReadDoesNotCount(String name) throws IOException {
    String before = ModelDigest.of(folder);
    Files.writeString(folder.resolve(name), "beside it");
    assertThat(ModelDigest.of(folder)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
        "chat_template.json",
        "model.safetensors"
      })
  void whatIsReadCounts(String name) throws IOException {
    String before = ModelDigest.of(folder);
    Files.writeString(folder.resolve(name), "another");
    assertThat(ModelDigest.of(folder)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors.index.json", "any name.safetensors"})
  void ofShardsTheIndexCountsAndAllThatItMayName(String name) throws IOException {
    Files.delete(folder.resolve("model.safetensors"));
    String before = ModelDigest.of(folder);
    Files.writeString(folder.resolve(name), "a shard");
    assertThat(ModelDigest.of(folder)).isNotEqualTo(before);
  }
}
