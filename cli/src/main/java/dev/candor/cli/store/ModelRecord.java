package dev.candor.cli.store;

import dev.candor.cli.store.Staging.StagedFile;
import dev.candor.engine.ConfigException;
import dev.candor.engine.generation.ModelDigest;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code model.json} of a stored model: format 1, or 2 if its weights are packed.
 *
 * <pre>{@code
 * { "format": 2, "name": "smollm2", "source": "…", "weights": "smollm2.packed.gguf" or ".",
 *   "digest": "<sha-256>", "sizeBytes": 98362432, "added": "2026-11-22T23:30:00Z",
 *   "packedFrom": { "name": "smollm2.gguf", "sizeBytes": 98362432, "digest": "<sha-256>" },
 *   "files": [ { "name": "…", "sizeBytes": 1, "digest": "<sha-256>" } ] }
 * }</pre>
 *
 * @param name how commands call the model
 * @param source where it came from
 * @param weights the name of the weights file, or {@code .} if the folder is the checkpoint
 * @param added when
 * @param files all others of the folder
 * @param packedFrom of packed weights the file they were made from; its name is empty and its size
 *     0 if the store has never seen it, but got the packed file
 */
record ModelRecord(
    String name,
    String source,
    String weights,
    Instant added,
    List<StagedFile> files,
    Optional<StagedFile> packedFrom) {

  static final String FILE = "model.json";

  private static final int FORMAT = 2;
  private static final int FORMAT_UNPACKED = 1;

  ModelRecord {
    files = List.copyOf(files);
  }

  /** Writes the record into the folder, in one step: it is the old one or the new one. */
  void write(Path folder) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("format", format());
    record.put("name", name);
    record.put("source", source);
    record.put("weights", weights);
    record.put("digest", digest());
    record.put("sizeBytes", sizeBytes());
    record.put("added", added.toString());
    packedFrom.ifPresent(file -> record.put("packedFrom", members(file)));
    record.put("files", files.stream().map(ModelRecord::members).toList());
    Path target = folder.resolve(FILE);
    Path draft = folder.resolve(FILE + ".draft");
    try {
      Files.writeString(
          draft,
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(record) + "\n");
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Staging.failed(e, target);
    }
  }

  private static Map<String, Object> members(StagedFile file) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (!file.name().isEmpty()) {
      members.put("name", file.name());
      members.put("sizeBytes", file.sizeBytes());
    }
    members.put("digest", file.digest());
    return members;
  }

  /**
   * Reads the record of a stored model.
   *
   * @throws StoreException {@code store.damaged} if it is not what {@link #write} writes
   */
  static ModelRecord read(Path folder) {
    Path file = folder.resolve(FILE);
    try (InputStream in = Files.newInputStream(file)) {
      JsonObject record = Json.parseObject(in, Json.Limits.CONFIG, FILE);
      int format = record.integer("format", 1, Integer.MAX_VALUE);
      if (format > FORMAT) {
        throw new StoreException(
            "newer-format",
            file + " has format " + format + ", this version reads up to " + FORMAT,
            "Use a newer Candor, or add the model again.");
      }
      List<StagedFile> files = new ArrayList<>();
      for (Object entry :
          record.list("files").orElseThrow(() -> damaged(folder, "it names no files"))) {
        if (!(entry instanceof JsonObject members)) {
          throw damaged(folder, "files holds something else than objects");
        }
        files.add(file(members));
      }
      String weights = record.string("weights");
      List<String> names = files.stream().map(StagedFile::name).distinct().toList();
      if (names.size() < files.size() || !(weights.equals(".") || names.contains(weights))) {
        throw damaged(folder, "its files are named twice, or its weights are not among them");
      }
      return new ModelRecord(
          String.valueOf(folder.getFileName()),
          record.string("source"),
          weights,
          Instant.parse(record.string("added")),
          files,
          record.object("packedFrom").map(ModelRecord::file));
    } catch (IOException | ConfigException | DateTimeParseException e) {
      throw damaged(folder, String.valueOf(e.getMessage()));
    }
  }

  private static StagedFile file(JsonObject members) {
    return new StagedFile(
        members.has("name") ? members.string("name") : "",
        members.optionalInteger("sizeBytes").orElse(0),
        members.string("digest"));
  }

  private static StoreException damaged(Path folder, String why) {
    return new StoreException(
        "damaged",
        folder.resolve(FILE) + " is missing or damaged: " + why,
        "Remove the model with 'candor models remove "
            + folder.getFileName()
            + "' and add it again.");
  }

  /** What the store says of the model in that folder. */
  StoredModel model(Path folder) {
    return new StoredModel(
        name,
        folder,
        weights.equals(".") ? folder : folder.resolve(SafeNames.requirePlain(weights)),
        source,
        digest(),
        packedFrom.map(original -> digest(files, weights)),
        packedFrom.filter(original -> !original.name().isEmpty()).isPresent(),
        sizeBytes(),
        added,
        format());
  }

  private int format() {
    return packedFrom.isPresent() ? FORMAT : FORMAT_UNPACKED;
  }

  private long sizeBytes() {
    return files.stream().mapToLong(StagedFile::sizeBytes).sum();
  }

  /** See {@link StoredModel#digest}. */
  String digest() {
    return packedFrom.map(StagedFile::digest).orElseGet(() -> digest(files, weights));
  }

  /** The digest of a model of these files, as they lie there: see {@link StoredModel#digest}. */
  static String digest(List<StagedFile> files, String weights) {
    if (weights.equals(".")) {
      return ModelDigest.ofFolder(
          files.stream().collect(Collectors.toMap(StagedFile::name, StagedFile::digest)));
    }
    return files.stream()
        .filter(file -> file.name().equals(weights))
        .map(StagedFile::digest)
        .findFirst()
        .orElseThrow(IllegalStateException::new);
  }
}
