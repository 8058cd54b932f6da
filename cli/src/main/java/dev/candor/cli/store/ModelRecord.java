package dev.candor.cli.store;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code model.json} of a stored model, format 1.
 *
 * <pre>{@code
 * { "format": 1, "name": "smollm2", "source": "…", "weights": "smollm2.gguf" or ".",
 *   "digest": "<sha-256>", "sizeBytes": 98362432, "added": "2026-11-22T23:30:00Z",
 *   "files": [ { "name": "…", "sizeBytes": 1, "digest": "<sha-256>" } ] }
 * }</pre>
 */
final class ModelRecord {

  static final String FILE = "model.json";

  private static final int FORMAT = 1;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ModelRecord() {}

  /**
   * Writes the record of a model that is otherwise complete.
   *
   * @param weights the name of the weights file, or {@code .} if the folder is the checkpoint
   */
  static void write(Staging staging, String name, String source, String weights) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("format", FORMAT);
    record.put("name", name);
    record.put("source", source);
    record.put("weights", weights);
    record.put("digest", digest(staging.files(), weights));
    record.put(
        "sizeBytes", staging.files().stream().mapToLong(Staging.StagedFile::sizeBytes).sum());
    record.put("added", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    record.put(
        "files",
        staging.files().stream()
            .map(file -> {
              Map<String, Object> entry = new LinkedHashMap<>();
              entry.put("name", file.name());
              entry.put("sizeBytes", file.sizeBytes());
              entry.put("digest", file.digest());
              return entry;
            })
            .toList());
    Path target = staging.folder().resolve(FILE);
    try {
      Files.writeString(
          target, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(record) + "\n");
      try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    } catch (IOException e) {
      throw Staging.failed(e, target);
    }
  }

  /**
   * Reads the record of a stored model.
   *
   * @throws StoreException {@code store.damaged} if it is not what {@link #write} writes
   */
  static StoredModel read(Path folder) {
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
      String weights = record.string("weights");
      return new StoredModel(
          String.valueOf(folder.getFileName()),
          folder,
          weights.equals(".") ? folder : folder.resolve(SafeNames.requirePlain(weights)),
          record.string("source"),
          record.string("digest"),
          record.optionalInteger("sizeBytes").orElse(0),
          Instant.parse(record.string("added")),
          format);
    } catch (IOException | ConfigException | DateTimeParseException e) {
      throw new StoreException(
          "damaged",
          file + " is missing or damaged: " + e.getMessage(),
          "Remove the model with 'candor models remove "
              + folder.getFileName()
              + "' and add it again.");
    }
  }

  /** One digest for the weights: see {@link StoredModel#digest}. */
  static String digest(List<Staging.StagedFile> files, String weights) {
    List<Staging.StagedFile> carrying =
        files.stream()
            .filter(file ->
                weights.equals(".")
                    ? file.name().endsWith(".safetensors")
                    : file.name().equals(weights))
            .sorted(Comparator.comparing(Staging.StagedFile::name))
            .toList();
    if (carrying.size() == 1) {
      return carrying.getFirst().digest();
    }
    return Digests.sha256(
        carrying.stream()
            .map(file -> file.digest() + " " + file.name() + "\n")
            .collect(Collectors.joining()));
  }
}
