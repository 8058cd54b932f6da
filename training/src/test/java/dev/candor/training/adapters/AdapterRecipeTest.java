package dev.candor.training.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.generation.Pooling;
import dev.candor.training.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes of adapters and heads, and what is refused in them. */
class AdapterRecipeTest {

  private static final String LEAST =
      "base: SmolLM2\ndata: sections\nadapter: {targets: [q_proj, v_proj]}\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(file, text);
    return file;
  }

  @Test
  void hasTheUsualValues() throws IOException {
    AdapterRecipe recipe = AdapterRecipe.read(file(LEAST));

    assertThat(recipe.data()).isEqualTo(folder.resolve("sections"));
    assertThat(recipe.shape().rank()).isEqualTo(8);
    assertThat(recipe.shape().scaling()).isEqualTo(2);
    assertThat(recipe.shape().targets()).containsExactly("q_proj", "v_proj");
    assertThat(recipe.epochs()).isEqualTo(1);
    assertThat(recipe.learningRate().of(1000).at(25)).isEqualTo(recipe.learningRate().peak() / 2);
  }

  @Test
  void callsRecipesOfOneAdapterAlike() throws IOException {
    String digest = AdapterRecipe.read(file(LEAST)).digest();

    assertThat(AdapterRecipe.read(file(LEAST + "checkpoints: {everyMinutes: 1}\n")).digest())
        .isEqualTo(digest);
    assertThat(AdapterRecipe.read(file(LEAST + "epochs: 2\n")).digest()).isNotEqualTo(digest);
  }

  @Test
  void suggestsTheNearestKey() throws IOException {
    Path file = file(LEAST + "epoch: 2\n");

    assertThatThrownBy(() -> AdapterRecipe.read(file))
        .isInstanceOfSatisfying(
            TrainingException.class,
            e -> {
              assertThat(e.code()).isEqualTo("training.unknown-key");
              assertThat(e.remedy()).contains("'epochs'");
            });
  }

  @Test
  void refusesWhatIsOutOfRangeOrMissing() throws IOException {
    Path range = file(LEAST + "learningRate: {peak: -1}\n");
    assertThatThrownBy(() -> AdapterRecipe.read(range))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("learningRate.peak is -1.0, allowed is 1.0E-12 to 100.0");
    Path none = file("base: SmolLM2\ndata: sections\n");
    assertThatThrownBy(() -> AdapterRecipe.read(none))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("adapter.targets is missing");
  }

  @Test
  void readsRecipesOfHeads() throws IOException {
    HeadRecipe recipe =
        HeadRecipe.read(
            file("base: SmolLM2\ndata: d\nfeatures: {pooling: last-token}\npenalties: [0.5]\n"));

    assertThat(recipe.features().pooling()).isEqualTo(Pooling.LAST_TOKEN);
    assertThat(recipe.penalties()).containsExactly(0.5);
    Path negative = file("base: SmolLM2\ndata: d\npenalties: [0]\n");
    assertThatThrownBy(() -> HeadRecipe.read(negative))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("penalties has 0, allowed is more than 0");
  }
}
