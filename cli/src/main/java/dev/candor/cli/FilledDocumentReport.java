package dev.candor.cli;

import dev.candor.governance.reports.FilledDocument;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a document that was filled from a template, and says where it is and what is missing. */
final class FilledDocumentReport {

  private FilledDocumentReport() {}

  /**
   * Writes it as HTML and PDF.
   *
   * @param name of the files, without their ends
   * @param json whether standard output gets one JSON object instead of text
   */
  static void write(
      Streams streams, FilledDocument document, Path folder, String name, boolean json) {
    List<String> files = document.write(folder.toAbsolutePath(), name);
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("folder", folder.toString());
      members.put("files", files);
      members.putAll(document.members());
      JsonOutput.print(streams.out(), members);
      return;
    }
    files.forEach(file -> streams.out().println(folder.resolve(file)));
    streams
        .out()
        .printf("%d of %d answers are UNKNOWN.%n", document.unknown(), document.questions().size());
  }
}
