package dev.candor.cli;

import java.io.PrintStream;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a report as one JSON object: maps in their order, lists, records, numbers, text. */
final class JsonOutput {

  private JsonOutput() {}

  /** Prints the object over several lines, for people and programs. */
  static void print(PrintStream out, Map<String, ?> object) {
    out.println(
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(object));
    out.flush();
  }

  /** Prints the object in one line, for a stream of them. */
  static void printLine(PrintStream out, Map<String, ?> object) {
    out.println(JsonMapper.shared().writeValueAsString(object));
    out.flush();
  }
}
