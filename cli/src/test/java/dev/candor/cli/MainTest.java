package dev.candor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {

  @Test
  void helpExplainsWithExamples() {
    CommandRun run = CommandRun.of("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: candor").contains("Examples:").contains("candor ask");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void versionIsTheBuilds() {
    CommandRun run = CommandRun.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).matches("(?s)candor \\d+\\.\\d+\\.\\d+.*Java 25.*");
  }

  @Test
  void unknownCommandIsOneMessageAndARemedy() {
    CommandRun run = CommandRun.of("completoin");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(2);
    assertThat(run.err())
        .contains("there is no command 'completoin'")
        .contains("Did you mean 'completion'?");
    assertThat(CommandRun.of("models", "nope").err()).contains("there is no command 'nope'");
    assertThat(CommandRun.of("ask", "--nope").err()).contains("Unknown option: '--nope'");
  }

  @Test
  void numbersAreRefusedInWordsOfPeople() {
    assertThat(CommandRun.of("ask", "hi", "--temperature", "warm").err())
        .contains("'--temperature': 'warm' is not a number");
    assertThat(CommandRun.of("ask", "hi", "--context", "99999999999").err())
        .contains("'99999999999' is not a whole number of this size");
    assertThat(CommandRun.of("ask", "hi", "--seed", "1.5").err())
        .contains("'1.5' is not a whole number of this size");
    assertThat(CommandRun.of("tokenize", "--decode", "1,b").err())
        .contains("'b' is not a whole number of this size");
    assertThat(CommandRun.of("audit", "show", "x").err())
        .contains("'x' is not a whole number of this size");
    assertThat(CommandRun.of("ask", "hi", "--logit-bias", "5").err())
        .contains("for option '--logit-bias'");
  }

  @Test
  void noCommandIsAUsageError() {
    CommandRun run = CommandRun.of();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("say which command").contains("candor --help");
  }

  @Test
  void jsonErrorIsAnObjectOnStandardOutput() {
    CommandRun run = CommandRun.of("nonsense", "--json");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("\"error\"").contains("\"code\" : \"usage\"").contains("remedy");
  }

  @Test
  void completionScriptIsForBash() {
    CommandRun run = CommandRun.of("completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("#!/usr/bin/env bash").contains("_complete_candor");
  }
}
