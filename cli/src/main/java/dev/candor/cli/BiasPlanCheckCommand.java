package dev.candor.cli;

import dev.candor.governance.fairness.BiasLimit;
import dev.candor.governance.fairness.BiasPlan;
import dev.candor.governance.fairness.BiasRun;
import dev.candor.governance.fairness.BiasTest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Whether a file is a plan, and what it asks. */
@CommandLine.Command(
    name = "check",
    description = {
      "Reads a plan and its sets, checks all of both, and shows how many questions each test asks,"
          + " with an example. Nothing is run."
    },
    footer = {
      "",
      "Examples:",
      "  candor bias plan check plan.yaml",
      "  candor bias plan check plan.yaml --json"
    })
final class BiasPlanCheckCommand extends Command {

  @Parameters(paramLabel = "FILE", description = "The plan; its sets are beside it or built in.")
  @SuppressWarnings("NullAway.Init") // picocli sets it before call()
  Path file;

  BiasPlanCheckCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    BiasPlanFile read = BiasPlanFile.read(file);
    BiasPlan plan = read.plan();
    BiasRun run = new BiasRun(plan, read.sets());
    Map<String, Integer> questions = run.questions();
    if (json) {
      printJson(members(read, run));
      return OK;
    }
    streams.out().printf("%s (%s)%nsha256:%s%n", plan.name(), plan.basis(), plan.digest());
    for (BiasTest test : plan.tests()) {
      streams
          .out()
          .printf(
              "%n%s: %s, %d questions of %s%n  limits: %s%n  such as: %s%n",
              test.id(),
              test.kind().key(),
              questions.get(test.id()),
              test.set(),
              test.limits().stream()
                  .map(limit -> limit.key() + " " + limit.value())
                  .collect(Collectors.joining(", ")),
              run.examples(test.id(), 1).getFirst().lines().collect(Collectors.joining(" ")));
    }
    return OK;
  }

  private static Map<String, Object> members(BiasPlanFile read, BiasRun run) {
    BiasPlan plan = read.plan();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", plan.name());
    members.put("basis", plan.basis());
    members.put("digest", plan.digest());
    members.put("setsDigest", read.sets().digest());
    List<Object> tests = new ArrayList<>();
    for (BiasTest test : plan.tests()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("id", test.id());
      one.put("kind", test.kind().key());
      one.put("set", test.set());
      one.put("questions", Objects.requireNonNull(run.questions().get(test.id())));
      Map<String, Object> limits = new LinkedHashMap<>();
      for (BiasLimit limit : test.limits()) {
        limits.put(limit.key(), limit.value());
      }
      one.put("limits", limits);
      one.put("examples", run.examples(test.id(), 3));
      tests.add(one);
    }
    members.put("tests", tests);
    return members;
  }
}
