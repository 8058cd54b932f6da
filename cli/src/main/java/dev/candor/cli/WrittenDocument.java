package dev.candor.cli;

import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.provenance.documents.Document;
import dev.candor.governance.provenance.documents.DocumentCheck;
import dev.candor.governance.provenance.documents.DocumentCheck.State;
import dev.candor.governance.provenance.documents.DocumentFile;
import dev.candor.governance.provenance.documents.DocumentMarkdown;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes a document in the form that its file name says, and says what is missing in it. */
final class WrittenDocument {

  private WrittenDocument() {}

  /**
   * Writes it, and says what is missing in it and where it is recorded.
   *
   * @param entry that records it, if one does
   * @param json whether standard output gets one JSON object instead of text
   */
  static void report(
      Streams streams,
      Document document,
      DocumentCheck check,
      Optional<Path> out,
      OptionalLong entry,
      boolean json) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>(DocumentFile.members(document));
      members.put("unknown", check.unknown());
      members.put("verdict", verdict(check).name());
      entry.ifPresent(index -> members.put("entry", index));
      if (out.isPresent()) {
        write(streams, document, out, true);
        members.put("file", out.get().toString());
      }
      JsonOutput.print(streams.out(), members);
      return;
    }
    write(streams, document, out, false);
    tell(streams, check);
    entry.ifPresent(
        index -> streams.err().println("Entry " + index + " of the ledger records it."));
  }

  /**
   * Into a file, or as Markdown to standard output.
   *
   * @param silent whether nothing is said of the file
   */
  private static void write(
      Streams streams, Document document, Optional<Path> out, boolean silent) {
    if (out.isEmpty()) {
      streams.out().print(DocumentMarkdown.of(document));
      return;
    }
    NewFile.write(out.get(), bytes(document, out.get()));
    if (!silent) {
      streams.out().println(out.get() + " is written.");
    }
  }

  private static byte[] bytes(Document document, Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".json")) {
      return DocumentFile.json(document);
    }
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return DocumentFile.yaml(document);
    }
    return DocumentMarkdown.of(document).getBytes(StandardCharsets.UTF_8);
  }

  /** What evidence of a check comes to: a heading of which nobody knows anything is too little. */
  static Verdict verdict(DocumentCheck check) {
    if (!check.isComplete()) {
      return Verdict.FAIL;
    }
    return check.titles(State.UNKNOWN).isEmpty() ? Verdict.PASS : Verdict.INSUFFICIENT_DATA;
  }

  /** What is missing, one line each. */
  static void tell(Streams streams, DocumentCheck check) {
    line(streams, "Missing headings", check.titles(State.MISSING));
    line(streams, "Empty headings", check.titles(State.EMPTY));
    line(streams, "Nothing known of", check.titles(State.UNKNOWN));
    if (check.unknown() > 0) {
      streams.err().println(check.unknown() + " answers are UNKNOWN.");
    }
  }

  private static void line(Streams streams, String what, List<String> titles) {
    if (!titles.isEmpty()) {
      streams.err().println(what + ": " + String.join("; ", titles) + ".");
    }
  }
}
