package dev.candor.governance.register;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.storage.Ledger;
import dev.candor.ledger.storage.LedgerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A ledger with its index, as one process has them. */
final class IndexedLedger implements AutoCloseable {

  final Ledger ledger;
  final EntryIndex index;

  private IndexedLedger(Ledger ledger, EntryIndex index) {
    this.ledger = ledger;
    this.index = index;
  }

  static IndexedLedger open(Path ledgerFolder, Path indexFile) {
    Ledger ledger = Ledger.open(ledgerFolder, new LedgerSettings("candor.invalid/test", List::of));
    return new IndexedLedger(ledger, EntryIndex.open(indexFile, ledger));
  }

  /** Names and values by turns. */
  static Entry entry(String kind, String... fields) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      values.put(fields[i], fields[i + 1]);
    }
    return new Entry(kind, values);
  }

  static Entry given(String subject, String id) {
    return entry("consent-given", "consent", id, "subject", subject);
  }

  static Entry withdrawn(String subject, String id) {
    return entry("consent-withdrawn", "consent", id, "subject", subject);
  }

  static Entry adopted(String policy) {
    return entry("policy-adopted", "policy", policy);
  }

  static Entry started(String decision, String subject, String request) {
    return entry("decision-started", "decision", decision, "subject", subject, "request", request);
  }

  /** Whether an entry is to be found by a key, told apart from how the index tells it. */
  static boolean has(Entry entry, String kind, String about) {
    return switch (kind) {
      case "request" ->
          entry.kind().equals("decision-started")
              && about.equals(entry.value("request").orElse("none"));
      case "consent" ->
          entry.kind().equals("consent-given")
              && about.equals(entry.value("consent").orElse("none"));
      default ->
          entry.kind().equals(kind)
              && (about.isEmpty()
                  ? !kind.equals("decision-started") && !kind.equals("decision-finished")
                  : about.equals(entry.value("subject").orElse("none"))
                      || about.equals(entry.value("decision").orElse("none")));
    };
  }

  /** What the index has to answer, from reading all that the ledger has now. */
  List<Long> expected(String kind, String about) {
    return LongStream.range(0, ledger.size())
        .filter(place -> has(ledger.entry(place), kind, about))
        .boxed()
        .toList();
  }

  /** Copies a folder with files and folders in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Override
  public void close() {
    index.close();
    ledger.close();
  }
}
