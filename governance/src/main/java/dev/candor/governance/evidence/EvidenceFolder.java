package dev.candor.governance.evidence;

import dev.candor.governance.DurableFile;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence about a model as it goes with the model from one device to another: a folder with the
 * model's record, a document for each kind and a manifest. What it says counts on a device once
 * somebody there has recorded it in their own name; an approval does not travel.
 * docs/reference/evidence.md describes it.
 *
 * @param tuple what all of it is about
 * @param record the model's record as a file
 * @param items the documents
 */
@SuppressWarnings("ArrayRecordComponent")
public record EvidenceFolder(DigestTuple tuple, byte[] record, List<Item> items) {

  private static final String MANIFEST = "manifest.yaml";
  private static final String RECORD = "record.yaml";
  private static final String TUPLE = "tuple.txt";

  public EvidenceFolder {
    items = List.copyOf(items);
  }

  /**
   * A document.
   *
   * @param until when it ends, if it does
   */
  public record Item(
      EvidenceKind kind, Verdict verdict, byte[] document, Optional<Instant> until) {}

  /** Writes it, in the place of what may be there. */
  public void write(Path folder) {
    StringBuilder manifest =
        new StringBuilder("# Evidence about a model; docs/reference/evidence.md describes it.\n");
    manifest.append("format: \"1\"\ntuple: \"").append(tuple.digest()).append("\"\n");
    manifest
        .append("record: \"")
        .append(DigestTuple.sha256(record))
        .append("\"\nevidence:")
        .append(items.isEmpty() ? " []\n" : "\n");
    DurableFile.write(folder, RECORD, record);
    DurableFile.write(folder, TUPLE, tuple.text().getBytes(StandardCharsets.US_ASCII));
    for (Item item : items) {
      DurableFile.write(folder, item.kind().key(), item.document());
      manifest.append("  - kind: ").append(item.kind().key());
      manifest.append("\n    verdict: ").append(item.verdict().key());
      manifest.append("\n    sha256: \"").append(DigestTuple.sha256(item.document()));
      manifest.append("\"\n");
      item.until()
          .ifPresent(until -> manifest.append("    until: \"").append(until).append("\"\n"));
    }
    DurableFile.write(folder, MANIFEST, manifest.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads one and checks every digest.
   *
   * @throws GovernanceException {@code governance.evidence-folder} if a file is missing or is not
   *     what the manifest says; {@code governance.yaml-malformed}, {@code
   *     governance.tuple-malformed}, {@code governance.evidence-kind}, {@code
   *     governance.verdict-unknown}, {@code governance.evidence-too-large}
   */
  public static EvidenceFolder read(Path folder) {
    Map<String, Object> manifest = YamlDocument.read(file(folder, MANIFEST), MANIFEST);
    if (!text(manifest, "format").equals("1")) {
      throw malformed("format is " + PlainText.shown(text(manifest, "format")) + ", known is 1");
    }
    DigestTuple tuple =
        DigestTuple.parse(new String(file(folder, TUPLE), StandardCharsets.US_ASCII));
    if (!tuple.digest().equals(text(manifest, "tuple"))) {
      throw malformed(TUPLE + " is not the tuple that the manifest names");
    }
    byte[] record = checked(folder, RECORD, text(manifest, "record"));
    List<Item> items = new ArrayList<>();
    if (!(manifest.get("evidence") instanceof List<?> elements)) {
      throw malformed("evidence is not a list");
    }
    for (Object element : elements) {
      if (!(element instanceof Map<?, ?> members)) {
        throw malformed("an element of evidence does not consist of keys and values");
      }
      EvidenceKind kind = EvidenceKind.of(text(members, "kind"));
      if (kind == EvidenceKind.APPROVAL) {
        throw malformed("it holds an approval, which does not travel");
      }
      items.add(
          new Item(
              kind,
              Verdict.of(text(members, "verdict")),
              checked(folder, kind.key(), text(members, "sha256")),
              Optional.ofNullable(members.get("until"))
                  .map(until -> RecordedText.instant("until", String.valueOf(until)))));
    }
    return new EvidenceFolder(tuple, record, items);
  }

  private static byte[] checked(Path folder, String name, String digest) {
    byte[] bytes = file(folder, name);
    if (!DigestTuple.sha256(bytes).equals(digest)) {
      throw malformed(name + " is not the file that the manifest names");
    }
    return bytes;
  }

  private static byte[] file(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw malformed(name + " is missing");
    }
    return EvidenceShelf.read(file);
  }

  private static String text(Map<?, ?> members, String key) {
    if (members.get(key) instanceof String text) {
      return text;
    }
    throw malformed(key + " is missing, or no text");
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "evidence-folder",
        "the folder of evidence is not what it says: " + why,
        "Get it again, or write it anew: candor evidence export MODEL DIR.");
  }

  /** Whether a folder is one. */
  public static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(MANIFEST));
  }
}
