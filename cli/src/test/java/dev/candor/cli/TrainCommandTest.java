package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

  private static final String RECIPE =
      """
      seed: 3
      model:
        vocab_size: 300
        hidden_size: 32
        intermediate_size: 48
        num_hidden_layers: 4
        num_attention_heads: 4
        num_key_value_heads: 2
        sliding_window: 32
        max_position_embeddings: 512
      tokenizer: {exercisesPerLesson: 20}
      tokens: 2500
      batches: {tokens: 1024, shards: 2}
      learningRate: {peak: 0.01}
      curriculum:
        - lessons: {arithmetic-1: 1}
      validation: {everyTokens: 1000, exercisesPerLesson: 4}
      """;

  @TempDir private Path folder;

  private String recipe(String text) throws IOException {
    return Files.writeString(folder.resolve("recipe.yaml"), text).toString();
  }

  @Test
  void aRecipeBecomesAFolderThatAnswers() throws IOException {
    String out = folder.resolve("run").toString();
    CommandRun run =
        CommandRun.of("train", "pretrain", "--recipe", recipe(RECIPE), "--out", out, "-t", "2");
    assertThat(run.err()).contains("step 1: 0.00 of 0.00 million tokens  loss ");
    assertThat(run.err()).contains("new phrasings").contains("arithmetic-1  ");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("loss +---").contains("candor models convert");

    CommandRun again =
        CommandRun.of("train", "pretrain", "--recipe", recipe(RECIPE), "--out", out, "--json");
    assertThat(again.exitCode()).isEqualTo(Command.FAILED);
    assertThat(again.out()).contains("\"code\" : \"training.run-exists\"");

    CommandRun resumed =
        CommandRun.of(
            "train", "pretrain", "--recipe", recipe(RECIPE), "--out", out, "--resume", "--json");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(resumed.out())
        .contains("\"finished\" : true", "\"steps\" : 3", "\"leastExactMatch\"", "\"split\"");

    CommandRun answer =
        CommandRun.of("ask", "--model", out, "--max-tokens", "4", "--context", "64", "1 + 1");
    assertThat(answer.exitCode()).as(answer.err()).isZero();
  }

  @Test
  void aMistakeInTheRecipeIsExplained() throws IOException {
    CommandRun run =
        CommandRun.of("train", "pretrain", "--recipe", recipe(RECIPE.replace("peak", "paek")));
    assertThat(run.exitCode()).isEqualTo(Command.FAILED);
    assertThat(run.err()).contains("there is no key 'paek'").contains("Did you mean 'peak'?");
  }

  @Test
  void aMissingRecipeIsAWrongCommandLine() {
    assertThat(
            List.of(
                CommandRun.of("train").exitCode(), CommandRun.of("train", "pretrain").exitCode()))
        .containsOnly(Command.USAGE);
    assertThat(CommandRun.of("train", "pretrain", "--recipe", "none.yaml").err())
        .contains("none.yaml: no such file");
  }
}
