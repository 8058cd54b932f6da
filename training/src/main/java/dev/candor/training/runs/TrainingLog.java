package dev.candor.training.runs;

import dev.candor.engine.json.JsonText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a run: a JSON object on each line, for a step, a validation or a checkpoint. Seconds
 * and tokens per second are the only members in which two runs of a recipe differ.
 */
final class TrainingLog implements TrainingListener, AutoCloseable {

  private static final Pattern STEP = Pattern.compile("\"step\":([0-9]+)");

  private final Writer writer;

  private TrainingLog(Writer writer) {
    this.writer = writer;
  }

  /**
   * Goes on with the log of a run.
   *
   * @param lastStep lines of later steps are removed: the run that wrote them was lost
   */
  static TrainingLog open(Path file, long lastStep) {
    try {
      if (Files.exists(file)) {
        Path kept = file.resolveSibling(file.getFileName() + ".partial");
        List<String> lines =
            Files.readAllLines(file).stream().filter(line -> step(line) <= lastStep).toList();
        Files.write(kept, lines);
        Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING);
      }
      return new TrainingLog(
          Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line that broke off with its run is of no step. */
  private static long step(String line) {
    Matcher matcher = STEP.matcher(line);
    return line.endsWith("}") && matcher.find() ? Long.parseLong(matcher.group(1)) : Long.MAX_VALUE;
  }

  @Override
  public void stepped(StepReport report) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", report.step());
    line.put("tokens", report.tokens());
    line.put("stage", report.stage());
    line.put("loss", report.loss());
    line.put("learningRate", report.learningRate());
    line.put("gradientNorm", report.gradientNorm());
    line.put("seconds", report.stepSeconds());
    line.put("tokensPerSecond", report.tokensPerSecond());
    write(line, false);
  }

  @Override
  public void validated(ValidationReport report) {
    write(LossHistory.members(report), true);
  }

  private void write(Map<String, Object> line, boolean flush) {
    try {
      writer.write(JsonText.of(line) + "\n");
      if (flush) {
        writer.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
