package dev.candor.cli;

import dev.candor.training.lessons.Exercise;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Lessons;
import dev.candor.training.lessons.SectionTexts;
import dev.candor.training.lessons.Split;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Exercises of the embedded model's lessons, as rows of a data set. */
@CommandLine.Command(
    name = "exercises",
    description = {
      "Writes exercises of a lesson of the embedded model, one JSON object a line: to look at them,"
          + " or to measure a model by those that are kept back from training (docs/reference/"
          + "lessons.md). Another seed draws other exercises from the same phrasings and values."
    },
    footer = {
      "",
      "Examples:",
      "  candor data exercises --lesson triage --split new-phrasings --count 300 --out triage.jsonl",
      "  candor data prepare triage.jsonl --task answer --split split …"
    })
final class DataExercisesCommand extends Command {

  private static final int MOST = 1_000_000;

  @Option(
      names = {"-l", "--lesson"},
      required = true,
      paramLabel = "NAME",
      description = "Which lesson, such as triage, extraction, arithmetic-4, facts or sections.")
  String lesson = "";

  @Option(
      names = "--split",
      defaultValue = "new-phrasings",
      paramLabel = "NAME",
      description = "train, new-values or new-phrasings (default: ${DEFAULT-VALUE}).")
  String split = "";

  @Option(
      names = {"-n", "--count"},
      defaultValue = "300",
      paramLabel = "N",
      description = "How many (default: ${DEFAULT-VALUE}).")
  int count = 300;

  @Option(
      names = "--seed",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Another than the recipe's, to draw others (default: ${DEFAULT-VALUE}).")
  long seed = 1000;

  @Option(
      names = "--sections",
      defaultValue = "models/debian-sections",
      paramLabel = "DIR",
      description = "The texts of the lesson sections (default: ${DEFAULT-VALUE}).")
  Path sections = Path.of("");

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "Where they go: a name that ends in .jsonl.")
  Path out = Path.of("");

  DataExercisesCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (count < 1 || count > MOST) {
      throw usage("--count must be 1 to " + MOST);
    }
    Lessons lessons = new Lessons(seed, SectionTexts.read(sections));
    List<String> names = lessons.all().stream().map(Lesson::name).toList();
    if (!names.contains(lesson)) {
      throw usage("--lesson must be one of " + String.join(", ", names));
    }
    write(lessons.lesson(lesson), split());
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("file", out.toString());
      members.put("lesson", lesson);
      members.put("split", split);
      members.put("seed", seed);
      members.put("exercises", count);
      printJson(members);
    } else {
      streams.out().println(count + " exercises of " + lesson + ", written to " + out);
    }
    return OK;
  }

  private Split split() {
    for (Split one : Split.values()) {
      if (one.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(split)) {
        return one;
      }
    }
    throw usage("--split must be train, new-values or new-phrasings");
  }

  private void write(Lesson lesson, Split split) {
    try (ProgressLine progress = new ProgressLine(streams);
        PrintStream lines =
            new PrintStream(Files.newOutputStream(out), false, StandardCharsets.UTF_8)) {
      for (int i = 0; i < count; i++) {
        Exercise exercise = lesson.exercise(split, i);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("text", exercise.prompt());
        row.put("label", exercise.answer());
        row.put("split", split == Split.TRAIN ? "train" : "test");
        row.put("phrasings", String.join(" ", exercise.families()));
        JsonOutput.printLine(lines, row);
        progress.count("", i + 1, count);
      }
      if (lines.checkError()) {
        throw new CommandException(
            "rows.unwritable", out + " cannot be written", "Check the disk.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
