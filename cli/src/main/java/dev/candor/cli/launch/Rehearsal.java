package dev.candor.cli.launch;

import dev.candor.cli.Main;
import dev.candor.cli.StandardError;
import dev.candor.cli.Streams;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several command lines in one process, for the JVM to see what starts need: an AOT cache is
 * written from one process alone (JEP 514).
 */
public final class Rehearsal {

  private Rehearsal() {}

  /**
   * Where the process starts.
   *
   * @param words command lines, each but the last followed by a word {@code --next}
   */
  public static void main(String[] words) {
    StandardError.restore();
    Streams streams = Streams.ofProcess();
    List<String> line = new ArrayList<>();
    int exitCode = 0;
    for (String word : words) {
      if (word.equals("--next")) {
        exitCode = Math.max(exitCode, Main.run(streams, line.toArray(String[]::new)));
        line.clear();
      } else {
        line.add(word);
      }
    }
    System.exit(Math.max(exitCode, Main.run(streams, line.toArray(String[]::new))));
  }
}
