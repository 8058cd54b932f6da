package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code data prepare} and {@code data check}, as a person types them. */
class DataCommandsTest {

  @TempDir Path folder;

  private CommandRun prepare(String content, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("in.csv"), content);
    List<String> arguments =
        new ArrayList<>(
            List.of("data", "prepare", file.toString(), "--out", folder.resolve("set").toString()));
    arguments.addAll(List.of("--purpose", "model-training", "--source", "s", "--licence", "l"));
    arguments.addAll(List.of("--collected-by", "c", "--collected-at", "2026-11-01"));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String rows(int count) {
    StringBuilder text = new StringBuilder("text,label,part\n");
    for (int i = 0; i < count; i++) {
      text.append("unlike").append(i * 7919).append(" number").append(i);
      text.append(i % 2 == 0 ? ",even," : ",odd,").append(i % 5 == 0 ? "test\n" : "train\n");
    }
    return text.toString();
  }

  private static JsonNode json(CommandRun run) {
    return new ObjectMapper().readTree(run.out());
  }

  @Test
  void preparedSetsPassTheCheck() throws IOException {
    CommandRun made = prepare(rows(200) + "unlike0   NUMBER0,even,train\n", "--json");
    assertThat(made.exitCode()).as(made.out() + made.err()).isZero();
    assertThat(json(made).get("rows").asInt()).isEqualTo(200);
    assertThat(json(made).get("droppedDuplicates").asInt()).isEqualTo(1);
    CommandRun check = CommandRun.of("data", "check", folder.resolve("set").toString());
    assertThat(check.exitCode()).as(check.out()).isZero();
    assertThat(check.out())
        .contains("set 1: 200 rows, sha256:" + json(made).get("digest").asString())
        .contains("labels: 2, balance 1.00", "##########", "leaks: none");
  }

  @Test
  void aLeakThatWasPlantedAfterwardsFailsTheCheck() throws IOException {
    assertThat(prepare(rows(50), "--split", "part").exitCode()).isZero();
    Path set = folder.resolve("set");
    List<String> lines = new ArrayList<>(Files.readAllLines(set.resolve("rows.jsonl")));
    // Row 1 is a test row, row 2 a training row.
    lines.set(
        1,
        lines
            .get(0)
            .replace("\"1\"", "\"2\"")
            .replace("test", "train")
            .replaceFirst("\"family\":\"[^\"]*\"", "\"family\":\"other\""));
    Files.write(set.resolve("rows.jsonl"), lines);
    Path manifest = set.resolve("dataset.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replaceFirst(
                "(\"digest\" : )\"[0-9a-f]{64}\"",
                "$1\""
                    + dev.candor.training.ContentDigest.of(
                        Files.readAllBytes(set.resolve("rows.jsonl")))
                    + "\""));
    CommandRun check = CommandRun.of("data", "check", set.toString());
    assertThat(check.exitCode()).as(check.err()).isEqualTo(1);
    assertThat(check.out()).contains("LEAKS: 1", "row 1 (test) equals row 2 (train)");
    JsonNode report = json(CommandRun.of("data", "check", set.toString(), "--json"));
    assertThat(report.get("clean").asBoolean()).isFalse();
    assertThat(report.get("leaks").get(0).get("kind").asString()).isEqualTo("exact");
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    assertThat(prepare("text,label\n,x\n").err()).contains("row 1", "'text'", "--text");
    assertThat(prepare("text,label\nx,\n").err()).contains("row 1", "'label'");
    assertThat(prepare("text,label\nx,y\n", "--shares", "80,10,20").exitCode()).isEqualTo(2);
    assertThat(prepare("text,label,s\nx,y,tset\n", "--split", "s").err()).contains("'tset'");
    assertThat(prepare("text,label\na,b\nc,d\n", "--family", "f").err()).contains("'f'");
    assertThat(folder.resolve("set")).doesNotExist();
    CommandRun dropped = prepare("text,label\n,x\na,b\nc,d\n", "--drop-incomplete", "--json");
    assertThat(json(dropped).get("droppedIncomplete").asInt()).isEqualTo(1);
    assertThat(prepare("text,label\na,b\n").err()).contains("is there already");
    CommandRun none = CommandRun.of("data", "check", folder.toString(), "--json");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(json(none).get("error").get("code").asString()).isEqualTo("training.no-manifest");
  }
}
